"""What `millrace bench native` holds the kernel mlp against: numpy, whose products of matrices are its BLAS's.

mlp.py INPUTS HIDDEN_WEIGHTS HIDDEN_BIAS OUTPUT_WEIGHTS OUTPUT_BIAS REPEATS FILE

Evaluates the net on all rows of inputs REPEATS times, writes the probabilities to FILE as they are in memory, and
prints the seconds that computing took. The first evaluation, in which the BLAS gets its memory, is not timed.
"""
import sys
import time

import numpy

ROWS = 1000  # at a time: what is between the layers stays in the cache


def evaluate(inputs, hidden_weights, hidden_bias, output_weights, output_bias, results):
    for at in range(0, len(inputs), ROWS):
        hidden = inputs[at : at + ROWS] @ hidden_weights
        hidden += hidden_bias
        numpy.maximum(hidden, 0, out=hidden)
        out = hidden @ output_weights
        out += output_bias
        out -= out.max(axis=1, keepdims=True)
        numpy.exp(out, out=out)
        out /= out.sum(axis=1, keepdims=True)
        results[at : at + ROWS] = out


def blas():
    try:
        built_with = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"{built_with['name']} {built_with['version']}"
    except (KeyError, TypeError):  # before 1.26
        return "a BLAS that it does not tell"


arrays = [numpy.load(name) for name in sys.argv[1:6]]
repeats = int(sys.argv[6])
results = numpy.zeros((repeats, len(arrays[0]), len(arrays[4])), dtype=numpy.float32)
evaluate(*arrays, results[0])
started = time.perf_counter()
for repeat in range(repeats):
    evaluate(*arrays, results[repeat])
seconds = time.perf_counter() - started
results.astype("<f4").tofile(sys.argv[7])
print(f"Seconds: {seconds:.6f}")
print(f"Program: numpy {numpy.__version__} with {blas()}")

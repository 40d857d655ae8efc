"""What `millrace bench native` holds the kernel convolve against: scipy's direct convolution, which has one thread.

convolve.py IMAGE FILTERS STRIDE FILE

Convolves the image with each filter in full, keeps every STRIDE-th row and column, writes the numbers to FILE as they
are in memory, and prints the seconds that computing took.
"""
import sys
import time

import numpy
import scipy
from scipy.signal import convolve2d


def convolve(image, filters, stride):
    return [convolve2d(image, one, mode="full", boundary="fill")[::stride, ::stride] for one in filters]


image, filters = numpy.load(sys.argv[1]), numpy.load(sys.argv[2])
started = time.perf_counter()
results = convolve(image, filters, int(sys.argv[3]))
seconds = time.perf_counter() - started
numpy.stack(results).astype("<f8").tofile(sys.argv[4])
print(f"Seconds: {seconds:.6f}")
print(f"Program: convolve2d of scipy {scipy.__version__}")

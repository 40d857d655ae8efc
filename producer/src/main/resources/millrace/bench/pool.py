"""What `millrace bench tasks` holds itself against: a pool of processes, one task in a message.

pool.py imap_unordered|map|apply_async PROCESSES TASKS

Sends TASKS tasks that give back the number they get. Prints the seconds from the first one to the sum, and the sum.
The pool is up and warm before the clock starts.
"""
import multiprocessing
import sys
import time


def same(number):
    return number


FORMS = {
    "imap_unordered": lambda pool, tasks: sum(pool.imap_unordered(same, range(tasks), chunksize=1)),
    "map": lambda pool, tasks: sum(pool.map(same, range(tasks), chunksize=1)),
    "apply_async": lambda pool, tasks: sum(
        one.get() for one in [pool.apply_async(same, (task,)) for task in range(tasks)]
    ),
}

if __name__ == "__main__":
    form, processes, tasks = FORMS[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3])
    with multiprocessing.Pool(processes) as pool:
        form(pool, tasks // 10)
        started = time.perf_counter()
        total = form(pool, tasks)
        seconds = time.perf_counter() - started
    print(f"Seconds: {seconds:.6f}")
    print(f"Sum: {total}")

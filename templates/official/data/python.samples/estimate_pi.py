"""A sample for the template "Python script": estimates pi by throwing darts, with nothing but Python itself."""

import csv
import json
import os
import random
import time

settings = {"rounds": 10, "darts_per_round": 200_000, "seed": 1}
if os.environ.get("FILE_CONFIG"):
    with open(os.environ["FILE_CONFIG"], encoding="utf-8") as file:
        settings |= json.load(file)

random.seed(settings["seed"])
inside = thrown = 0
with open("estimates.csv", "w", newline="", encoding="utf-8") as file:
    table = csv.writer(file)
    table.writerow(["darts", "estimate"])
    for number in range(1, settings["rounds"] + 1):
        for _ in range(settings["darts_per_round"]):
            inside += random.random() ** 2 + random.random() ** 2 <= 1
        thrown += settings["darts_per_round"]
        estimate = 4 * inside / thrown
        table.writerow([thrown, f"{estimate:.6f}"])
        print(f"round {number:2}: {thrown:>10,} darts, pi is about {estimate:.5f}")
        time.sleep(0.5)
print("Written to estimates.csv")

"""Follows a damped oscillation for the rate and frequency of one row, and writes its curve."""
import argparse
import csv
import math

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, required=True)
parser.add_argument("--frequency", type=float, default=1.0)
parser.add_argument("--steps", type=int, default=200)
given = parser.parse_args()

with open("curve.csv", "w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow(["time", "value"])
    for step in range(given.steps):
        time = step * 0.05
        writer.writerow([time, math.exp(-given.rate * time) * math.cos(2 * math.pi * given.frequency * time)])
print(f"rate {given.rate}, frequency {given.frequency}: half of it is gone after {math.log(2) / given.rate:.3f} s")

#!/bin/bash
# A sample for the template "Shell script": looks around on the node it runs on.
echo "Node:     $(hostname)"
echo "Job:      ${SLURM_JOB_ID:-none}, ${SLURM_CPUS_PER_TASK:-1} CPU"
echo "Folder:   $PWD"
echo "Bash:     $BASH_VERSION"
echo "Given:    ${*:-no arguments}"

for step in 1 2 3 4 5; do
  sleep 1
  echo "step $step of 5"
done

{
  echo "name,value"
  echo "node,$(hostname)"
  echo "cpus,${SLURM_CPUS_PER_TASK:-1}"
} >survey.csv
echo "Written to survey.csv"

#!/bin/bash
#SBATCH -J tunnel
#SBATCH -N1 -n16
#SBATCH -t 30

cd "$SLURM_SUBMIT_DIR"
tunnel tunnel.cfg > tunnel.out

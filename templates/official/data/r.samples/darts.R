# Estimates pi with darts, and writes how the estimate settles.
arguments <- commandArgs(trailingOnly = TRUE)
darts <- if (length(arguments) > 0) as.integer(arguments[[1]]) else 200000L
set.seed(1)
inside <- cumsum(runif(darts)^2 + runif(darts)^2 <= 1)
at <- unique(round(10^seq(1, log10(darts), length.out = 20)))
estimates <- data.frame(darts = at, estimate = 4 * inside[at] / at)
write.csv(estimates, "estimates.csv", row.names = FALSE)
print(tail(estimates, 3))

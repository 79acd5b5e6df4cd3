# Computes statistics of agreement with R packages that share no code with MedSeg, and writes expected_r.json. Run it in this folder:
#   Rscript make_agreement.R
# Debian: apt-get install r-cran-psych r-cran-epir r-cran-coin. Written with R 4.2.2, psych 2.2.9, epiR 2.0.57 and coin 1.4-2.
suppressPackageStartupMessages({ library(psych); library(epiR); library(coin) })
set.seed(1999)

json <- function(values) {
  items <- mapply(function(name, value) sprintf('"%s": [%s]', name, paste(sprintf("%.15g", value), collapse = ", ")), names(values), values)
  paste0("{", paste(items, collapse = ", "), "}")
}
table_json <- function(x) paste0("[", paste(apply(x, 1, function(row) paste0("[", paste(sprintf("%.15g", row), collapse = ", "), "]")), collapse = ", "), "]")

# n subjects, each rated once by k raters.
single <- function(n, k, shift, digits) {
  subjects <- pmax(150, rnorm(n, 900, 250))
  x <- round(sapply(1:k, function(rater) subjects + shift * (rater - 1) + rnorm(n, 0, 40)), digits)
  icc <- suppressWarnings(ICC(x, lmer = FALSE))$results
  of <- function(type) unlist(icc[icc$type == type, c("ICC", "lower bound", "upper bound")])
  residual <- anova(lm(as.vector(x) ~ factor(rep(1:n, k)) + factor(rep(1:k, each = n))))["Residuals", "Mean Sq"]
  a <- x[, 1]
  b <- x[, 2]
  d <- b - a
  line <- lm(d ~ I((a + b) / 2))
  margin <- 0.05 * mean(a)
  ccc <- epi.ccc(a, b, ci = "z-transform", conf.level = 0.95)
  expected <- list(
    Bias = c(mean(d), t.test(d)$conf.int),
    Deviation = sd(d),
    Slope = c(coef(line)[2], confint(line)[2, ]),
    SlopeP = summary(line)$coefficients[2, 4],
    Icc21 = of("ICC2"), Icc31 = of("ICC3"), Icc2k = of("ICC2k"),
    Sem = sqrt(residual),
    Variation = sqrt(mean((apply(x, 1, sd) / rowMeans(x))^2)),
    Concordance = unlist(ccc$rho.c),
    Equivalence = max(t.test(d, mu = -margin, alternative = "greater")$p.value, t.test(d, mu = margin, alternative = "less")$p.value),
    Wilcoxon = if (n <= 50) as.numeric(pvalue(wilcoxsign_test(b ~ a, distribution = exact(), zero.method = "Wilcoxon")))
               else suppressWarnings(wilcox.test(d, exact = FALSE, correct = FALSE)$p.value))
  sprintf('{"Subjects": [], "Ratings": %s, "Expected": %s}', table_json(x), json(expected))
}

# Pairs of subjects with different numbers of pairs: Bland and Altman 2007, with the interval of Zou 2013.
repeated <- function(subject, first, second) {
  d <- second - first
  squares <- anova(lm(d ~ factor(subject)))
  between <- squares[1, "Mean Sq"]
  within <- squares[2, "Mean Sq"]
  m <- as.numeric(table(subject))
  n <- length(m)
  total <- sum(m)
  size <- (total - sum(m^2) / total) / (n - 1)
  variance <- max(between, within) / size + (1 - 1 / size) * within
  half <- qt(0.975, n - 1) * sqrt(max(0, (between - within) / size) * sum(m^2) / total^2 + within / total)
  parts <- c(max(between, within) / size, (1 - 1 / size) * within)
  freedom <- c(n - 1, total - n)
  low <- max(0, variance - sqrt(sum((parts * (1 - freedom / qchisq(0.975, freedom)))^2)))
  high <- variance + sqrt(sum((parts * (freedom / qchisq(0.025, freedom) - 1))^2))
  limit <- c(mean(d) - 1.96 * sqrt(variance), mean(d) + 1.96 * sqrt(variance))
  wide <- sqrt(half^2 + (1.96 * (sqrt(high) - sqrt(variance)))^2)
  near <- sqrt(half^2 + (1.96 * (sqrt(variance) - sqrt(low)))^2)
  expected <- list(
    Bias = c(mean(d), mean(d) - half, mean(d) + half), Deviation = sqrt(variance),
    LowerLimit = c(limit[1], limit[1] - wide, limit[1] + near), UpperLimit = c(limit[2], limit[2] - near, limit[2] + wide))
  sprintf('{"Subjects": [%s], "Ratings": %s, "Expected": %s}', paste(subject, collapse = ", "), table_json(cbind(first, second)), json(expected))
}

# Bland and Altman 1999: cardiac output of 12 subjects by radionuclide ventriculography and impedance cardiography.
cardiac <- read.csv("cardiac_output.csv")
subject <- rep(1:9, c(2, 5, 3, 8, 4, 6, 2, 7, 3))
first <- round(rnorm(9, 900, 200)[subject] + rnorm(40, 0, 30), 3)
second <- round(first + rnorm(9, 10, 5)[subject] + rnorm(40, 0, 25), 3)
cases <- c(
  single(6, 2, 5, 3), single(12, 3, -20, 3), single(30, 2, 0, -1), single(50, 2, 12, 3), single(80, 4, 8, 3),
  repeated(cardiac$subject, cardiac$ventriculography, cardiac$impedance),
  repeated(subject, first, second))
writeLines(paste0("[\n", paste(cases, collapse = ",\n"), "\n]"), "expected_r.json")

using System.Globalization;
using System.Text.Json;
using MedSeg.Agreement;

namespace MedSeg.Tests.Agreement;

/// <summary>Statistics of agreement against published worked examples, scipy (Data/make_agreement.py) and R packages (Data/make_agreement.R).</summary>
public sealed class AgreementTests
{
    // Bland and Altman 1986, table 1: peak expiratory flow of 17 subjects, first reading of the large and of the mini Wright meter, l/min.
    private static readonly double[] s_large = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427];
    private static readonly double[] s_mini = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Expected("expected.json").RootElement.GetArrayLength())];

    public static TheoryData<int> CasesOfR => [.. Enumerable.Range(0, Expected("expected_r.json").RootElement.GetArrayLength())];

    [Fact]
    public void Limits_of_agreement_are_those_of_Bland_and_Altman_1986()
    {
        var found = BlandAltman.Of(Pairs(s_mini, s_large));

        // The paper: mean difference −2.1, SD 38.8, interval of the bias −22.0 to 17.8 l/min.
        RequireClose([-2.1, -22.0, 17.8], found.Bias, 0.06);
        Assert.Equal(38.8, found.Deviation!.Value, 0.05);

        // The limits with 1.96 instead of the paper's 2, and their intervals by the formula of 1999.
        RequireClose([-78.0973, -112.8534, -43.3412], found.LowerLimit!.Value, 1e-4);
        RequireClose([73.8620, 39.1059, 108.6181], found.UpperLimit!.Value, 1e-4);
        Assert.Equal((17, 17), (found.Subjects, found.Pairs));
    }

    [Fact]
    public void Repeated_pairs_have_the_limits_of_Bland_and_Altman_2007()
    {
        // Bland and Altman 1999: cardiac output of 12 subjects by radionuclide ventriculography and impedance cardiography, l/min.
        MeasuredPair[] pairs = [.. File.ReadLines(DataPath("cardiac_output.csv")).Skip(1).Select(line => line.Split(',')).Select(cells => new MeasuredPair(cells[0], Number(cells[2]), Number(cells[1])))];

        var found = BlandAltman.Of(pairs);

        // Mean squares 4.20909 between subjects and 0.17071 within, size 4.98182: variance 0.98134.
        Assert.Equal((12, 60), (found.Subjects, found.Pairs));
        Assert.Equal(0.990624, found.Deviation!.Value, 1e-6);
        RequireClose([0.602167, 0.007090, 1.197244], found.Bias, 1e-6);
        RequireClose([-1.339457, -2.681496, -0.576794], found.LowerLimit!.Value, 1e-6);
        RequireClose([2.543790, 1.781127, 3.885830], found.UpperLimit!.Value, 1e-6);
    }

    [Fact]
    public void Repeated_pairs_that_differ_only_by_subject_have_nearly_the_limits_of_single_ones()
    {
        MeasuredPair[] once = Pairs(s_mini, s_large);
        MeasuredPair[] twice = [.. once, .. once];

        (BlandAltman single, BlandAltman repeated) = (BlandAltman.Of(once), BlandAltman.Of(twice));

        // Doubling the rows adds no information: neither the limits nor the interval of the bias become narrower.
        Assert.Equal(single.Deviation!.Value, repeated.Deviation!.Value, 1e-9);
        RequireClose([single.Bias.Value, single.Bias.Low!.Value, single.Bias.High!.Value], repeated.Bias, 1e-9);
        Assert.InRange(repeated.LowerLimit!.Value.Low!.Value, -130, single.LowerLimit!.Value.Low!.Value);
        Assert.Equal(single.Trend, repeated.Trend);
    }

    [Fact]
    public void Intraclass_correlations_are_those_of_Shrout_and_Fleiss_1979()
    {
        double[][] targets = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]];

        IntraclassCorrelation found = IntraclassCorrelation.Of(targets)!;

        RequireClose([0.29, 0.02, 0.76], found.Agreement, 0.005);
        RequireClose([0.71, 0.34, 0.95], found.Consistency, 0.005);
        RequireClose([0.62, 0.07, 0.93], found.AverageAgreement, 0.005);
    }

    [Fact]
    public void Errors_of_measurement_are_those_of_Weir_2005()
    {
        double[][] squats = [[146, 140], [148, 152], [170, 152], [90, 99], [157, 145], [156, 153], [176, 167], [205, 218]];

        var found = MeasurementError.Of(squats)!;

        Assert.Equal(7.6, found.Sem, 0.05);
        Assert.Equal(20.9, found.Mdc, 0.05);
        Assert.Equal(0.95, IntraclassCorrelation.Of(squats)!.Consistency.Value, 0.005);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Statistics_are_those_of_scipy(int index) => RequireExpected(Expected("expected.json").RootElement[index]);

    // psych, epiR, coin and R's own lm, t.test and wilcox.test (Data/make_agreement.R).
    [Theory]
    [MemberData(nameof(CasesOfR))]
    public void Statistics_are_those_of_R(int index) => RequireExpected(Expected("expected_r.json").RootElement[index]);

    [Fact]
    public void Ranks_with_ties_are_tested_exactly()
    {
        // p by listing all 256 assignments of signs to the ranks 1.5, 1.5, 3.5, 3.5, 5, 6.5, 6.5, 8.
        Assert.Equal(0.1328125, SignedRankTest.Probability([1, -1, 2, 2, -3, 4, 4, 5, 0])!.Value, 1e-12);
        Assert.Null(SignedRankTest.Probability([0, 0]));
        Assert.Equal(1, SignedRankTest.Probability([3, -3]));

        // The sum of so many ranks does not fit into 32 bits.
        Assert.Equal(1, SignedRankTest.Probability(Enumerable.Range(1, 60_000).SelectMany(i => new double[] { i, -i })));
    }

    [Fact]
    public void Perfect_agreement_has_no_error_and_constant_areas_no_correlation()
    {
        double[][] same = [[100, 100], [150, 150], [220, 220]];
        double[][] constant = [[100, 90], [100, 90], [100, 90]];

        IntraclassCorrelation perfect = IntraclassCorrelation.Of(same)!;

        Assert.Equal(new Estimate(1, 1, 1), perfect.Agreement);
        Assert.Equal(new Estimate(1, 1, 1), perfect.Consistency);
        Assert.Equal(1, perfect.AverageAgreement.Value);
        Assert.Equal(new MeasurementError(0, 0, 0), MeasurementError.Of(same));
        Assert.Equal(new Estimate(1, 1, 1), Concordance.Of(Pairs([100, 150, 220], [100, 150, 220])));
        Assert.Null(IntraclassCorrelation.Of(constant));
        Assert.Null(Concordance.Of(Pairs([100, 100, 100], [90, 90, 90])));
        Assert.Null(BlandAltman.Of(Pairs([100, 100, 100], [90, 90, 90])).Trend);
    }

    [Fact]
    public void Raters_who_contradict_each_other_have_an_interval_all_the_same()
    {
        // A negative correlation of two subjects leaves a fraction of a degree of freedom, whose quantile of F is beyond all numbers.
        IntraclassCorrelation found = IntraclassCorrelation.Of([[296, 0], [150, 300]])!;

        Assert.True(found.Agreement.Value < 0, $"{found.Agreement}");
        Assert.InRange(found.Agreement.Value, found.Agreement.Low!.Value, found.Agreement.High!.Value);
    }

    [Theory]
    [InlineData(5, 15, 3.5764153492790602)]
    [InlineData(1, 1, 647.789011477534)]
    [InlineData(1, 0.3, 4401362170.5274534)]
    [InlineData(40, 2.5, 21.17440710199072)]
    [InlineData(3, 0.0125, 1.6404273640330628e254)]
    [InlineData(3, 1e-4, double.PositiveInfinity)]
    public void Quantiles_of_F_are_those_of_R(double numerator, double denominator, double expected)
    {
        double found = Quantile.F(numerator, denominator);

        Assert.True(found == expected || Math.Abs((found / expected) - 1) < 1e-9, $"{found:R}");
    }

    [Fact]
    public void One_subject_has_a_bias_and_no_limits()
    {
        var found = BlandAltman.Of([new MeasuredPair("P01", 100, 104), new MeasuredPair("P01", 120, 122)]);

        Assert.Equal(new Estimate(3, null, null), found.Bias);
        Assert.Equal((null, null, null, null), (found.Deviation, found.LowerLimit, found.UpperLimit, found.Trend));
    }

    [Theory]
    [InlineData(10, 0.0)]
    [InlineData(2, 1.0)]
    public void Constant_differences_are_equivalent_if_they_are_within_the_margin(double margin, double probability) =>
        Assert.Equal(probability, EquivalenceTest.Probability([3, 3, 3], margin));

    private static MeasuredPair[] Pairs(double[] first, double[] second) => [.. first.Select((value, i) => new MeasuredPair($"{i}", value, second[i]))];

    private static Estimate? Alone(double value) => new Estimate(value, null, null);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string DataPath(string name) => Path.Combine(AppContext.BaseDirectory, "Agreement", "Data", name);

    private static JsonDocument Expected(string name) => JsonDocument.Parse(File.ReadAllText(DataPath(name)));

    private static void RequireExpected(JsonElement row)
    {
        double[][] ratings = row.GetProperty("Ratings").Deserialize<double[][]>()!;
        int[] subjects = row.TryGetProperty("Subjects", out JsonElement of) && of.GetArrayLength() > 0 ? of.Deserialize<int[]>()! : [.. Enumerable.Range(0, ratings.Length)];
        var expected = row.GetProperty("Expected").Deserialize<Dictionary<string, double[]>>()!;
        MeasuredPair[] pairs = [.. ratings.Select((r, i) => new MeasuredPair($"{subjects[i]}", r[0], r[1]))];
        double[] differences = Array.ConvertAll(pairs, pair => pair.Difference);
        var limits = BlandAltman.Of(pairs);
        var icc = IntraclassCorrelation.Of(ratings)!;
        var error = MeasurementError.Of(ratings)!;

        var found = new Dictionary<string, Estimate?>
        {
            ["Bias"] = limits.Bias,
            ["Deviation"] = Alone(limits.Deviation!.Value),
            ["LowerLimit"] = limits.LowerLimit,
            ["UpperLimit"] = limits.UpperLimit,
            ["Slope"] = limits.Trend!.Slope,
            ["SlopeP"] = Alone(limits.Trend.Probability),
            ["Icc21"] = icc.Agreement,
            ["Icc2k"] = icc.AverageAgreement,
            ["Icc31"] = icc.Consistency,
            ["Sem"] = Alone(error.Sem),
            ["Variation"] = Alone(error.Variation!.Value),
            ["Concordance"] = Concordance.Of(pairs),
            ["Equivalence"] = Alone(EquivalenceTest.Probability(differences, 0.05 * pairs.Average(p => p.First))!.Value),
            ["Wilcoxon"] = Alone(SignedRankTest.Probability(differences)!.Value),
        };

        Assert.All(expected, statistic => RequireClose(statistic.Value, found[statistic.Key]!.Value, 1e-7 * Math.Max(1, Math.Abs(statistic.Value[0]))));
    }

    private static void RequireClose(double[] expected, Estimate found, double tolerance)
    {
        double?[] values = [found.Value, found.Low, found.High];
        Assert.All(expected.Select((value, i) => (value, values[i])), pair => Assert.Equal(pair.value, pair.Item2!.Value, tolerance));
    }
}

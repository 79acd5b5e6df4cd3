using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Tests.Data.Samples;

/// <summary>The one comparison of data sets and models.</summary>
public sealed class DataDescriptionTests
{
    private static readonly DataDescription s_model = Describe(new Preprocessing(), "Left", "Right", "Bob's");

    [Fact]
    public void Same_description_is_accepted() =>
        Describe(new Preprocessing { InputSize = 256 }, "Left", "Right", "Bob's").RequireSame(s_model, "the data set", "the model", "X", "p");

    [Fact]
    public void All_differences_are_named_with_what_to_do()
    {
        var error = Error(Describe(new Preprocessing { InputSize = 64, Normalization = Normalization.ZScore, ResizeMode = ResizeMode.Pad }, "A"));

        Assert.Equal(("DatasetMismatch", "p", ErrorKind.InvalidArgument), (error.ErrorId, error.Path, error.Kind));
        Assert.Equal(
            "p: The data set does not match the model: the ROIs are (A) in the data set and (Left, Right, Bob's) in the model; "
            + "-InputSize is 64 in the data set and 256 in the model; -Normalization is ZScore in the data set and MinMax in the model; "
            + "-ResizeMode is Pad in the data set and Stretch in the model.",
            error.Finding);
        Assert.Equal("Import the data set with -LabelName 'Left', 'Right', 'Bob''s' -InputSize 256 -Normalization MinMax -ResizeMode Stretch.", error.Advice);
    }

    [Fact]
    public void Pixel_size_that_the_model_does_not_have_is_to_be_left_out()
    {
        var error = Error(Describe(new Preprocessing { PixelSize = 2.5 }, "Left", "Right", "Bob's"));

        Assert.EndsWith("the model: -PixelSize is 2.5 in the data set and not set in the model.", error.Finding, StringComparison.Ordinal);
        Assert.Equal("Import the data set without -PixelSize.", error.Advice);
        Assert.Equal("Import the data set with -InputSize 256 and without -PixelSize.", Error(Describe(new Preprocessing { InputSize = 64, PixelSize = 2.5 }, "Left", "Right", "Bob's")).Advice);
        Assert.Equal("Import the data set with -PixelSize 0.8.", Describe(new Preprocessing(), "A").AdviceFor(Describe(new Preprocessing { PixelSize = 0.8 }, "A")));
    }

    [Fact]
    public void Exchanged_names_are_named_as_such()
    {
        var error = Error(Describe(new Preprocessing(), "Right", "Left", "Bob's"));

        Assert.Contains("(Right, Left, Bob's) in the data set and (Left, Right, Bob's) in the model, the same names in another order.", error.Finding, StringComparison.Ordinal);
        Assert.Contains("-LabelMap", error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LabelNameTwice", "a", "a", "b")]
    [InlineData("LabelNameInvalid", "a", "b\u001b[2J", "c")]
    [InlineData("LabelNameTwice", "a", "b", "a")]
    [InlineData("LabelNameEmpty", "a", "", "c")]
    [InlineData("LabelNameEmpty", "a", " ", "c")]
    public void Names_that_are_empty_or_given_twice_are_refused_before_any_file_is_read(string id, params string[] names)
    {
        var options = new DatasetOptions { DicomPath = "gone", LabelPath = "gone", LabelNames = names };

        var error = Assert.Throws<MedSegException>(() => MedSeg.Data.DatasetImporter.Import(options, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(id, error.ErrorId);
    }

    private static MedSegException Error(DataDescription dataset) =>
        Assert.Throws<MedSegException>(() => dataset.RequireSame(s_model, "the data set", "the model", "DatasetMismatch", "p"));

    private static DataDescription Describe(Preprocessing preprocessing, params string[] names) => new() { LabelNames = names, Preprocessing = preprocessing };
}

using MedSeg.Errors;
using MedSeg.Pictures;

namespace MedSeg.Tests.Pictures;

public class ReportFontTests
{
    [Fact]
    public void Where_no_font_is_installed_the_error_says_what_to_install()
    {
        MedSegException error = Assert.Throws<MedSegException>(() => ReportFont.ChooseFamily([]));

        Assert.Equal((ErrorKind.NotFound, "NoFont"), (error.Kind, error.ErrorId));
        Assert.Contains("fonts-dejavu-core", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DejaVu Sans", "Comic Neue", "Arial", "DejaVu Sans")]
    [InlineData("Comic Neue", "Comic Neue", "Wingdings")]
    public void A_plain_font_comes_before_any_other(string expected, params string[] installed) =>
        Assert.Equal(expected, ReportFont.ChooseFamily(installed));

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("left psoas major", 9, "left…ajor")]
    [InlineData("left psoas major", 1, "…")]
    public void Long_names_are_shortened_in_the_middle(string text, int longest, string expected) =>
        Assert.Equal(expected, MiddleEllipsis.Shorten(text, architecture => architecture.Length <= longest));
}

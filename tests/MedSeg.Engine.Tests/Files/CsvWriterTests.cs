using System.Globalization;
using System.Text;
using MedSeg.Files;

namespace MedSeg.Tests.Files;

public class CsvWriterTests
{
    [Fact]
    public void Rows_end_with_CRLF_and_the_file_has_no_byte_order_mark() => Assert.Equal("Name,Pixels\r\nPsoas,12\r\n", Write(["Name", "Pixels"], ["Psoas", 12]));

    [Theory]
    [InlineData("plain text; with 'others'", "plain text; with 'others'")]
    [InlineData("left, right", "\"left, right\"")]
    [InlineData("the \"left\" one", "\"the \"\"left\"\" one\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("one\nfeed", "\"one\nfeed\"")]
    [InlineData("µ, 腰", "\"µ, 腰\"")]
    [InlineData("", "")]
    public void Only_cells_that_need_quotes_are_quoted(string cell, string expected) => Assert.Equal($"{expected},end\r\n", Write([cell, "end"]));

    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("+SUM(1)", "'+SUM(1)")]
    [InlineData("-1+1", "'-1+1")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("a=1", "a=1")]
    public void Text_is_no_formula_in_a_spreadsheet(string cell, string expected) => Assert.Equal($"{expected},-1\r\n", Write([cell, -1]));

    [Fact]
    public void Missing_values_are_empty_cells() => Assert.Equal(",,,0\r\n", Write([null, double.NaN, float.NaN, 0]));

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Equal("1234.5,-0.1,1E-10,0.30000000000000004\r\n", Write([1234.5, -0.1f, 1e-10, 0.1 + 0.2]));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_stream_stays_open()
    {
        using var stream = new MemoryStream();
        new CsvWriter(stream).Dispose();
        Assert.True(stream.CanWrite);
    }

    private static string Write(params object?[][] rows)
    {
        using var stream = new MemoryStream();
        using (var writer = new CsvWriter(stream))
        {
            foreach (object?[] row in rows)
            {
                writer.WriteRow(row);
            }
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}

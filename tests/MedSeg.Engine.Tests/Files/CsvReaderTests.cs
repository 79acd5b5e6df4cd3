using System.Text;
using MedSeg.Files;

namespace MedSeg.Tests.Files;

public sealed class CsvReaderTests
{
    [Theory]
    [InlineData("a,b\r\nc,d\r\n", "1:a|b", "2:c|d")]
    [InlineData("a,b\nc,d", "1:a|b", "2:c|d")]
    [InlineData("a;b\nc,1;d", "1:a|b", "2:c,1|d")]
    [InlineData("a\tb\rc\td\r", "1:a|b", "2:c|d")]
    [InlineData("a,b\n\"x, \"\"y\"\"\nz\",d\n,\n\ne,f", "1:a|b", "2:x, \"y\"\nz|d", "4:|", "6:e|f")]
    [InlineData("a,b\n\"c\",\"\"\n", "1:a|b", "2:c|")]
    [InlineData("a,b\n\"never closed", "1:a|b", "2:never closed")]
    [InlineData("")]
    public void Rows_and_their_lines_are_found(string text, params string[] rows) =>
        Assert.Equal(rows, CsvReader.Read(text).Select(row => $"{row.Line}:{string.Join('|', row.Cells)}"));

    [Fact]
    public void What_the_writer_writes_is_read_back()
    {
        string[][] rows = [["h1", "h2", "h3"], ["", "a,b", "\"q\""], ["line\r\nbreak", ";", "\t tab"], ["ü", "x", ""]];
        using var stream = new MemoryStream();
        using (var writer = new CsvWriter(stream))
        {
            Array.ForEach(rows, row => writer.WriteRow(row.Select(cell => (object?)cell)));
        }

        // The writer protects a text that begins with a tab.
        rows[2][2] = "'" + rows[2][2];
        Assert.Equal(rows, CsvReader.Read(Encoding.UTF8.GetString(stream.ToArray())).Select(row => row.Cells));
    }
}

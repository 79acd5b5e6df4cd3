using System.Text;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Tests.Files;

/// <summary>Tables as Excel, LibreOffice, R and scripts write them.</summary>
public sealed class CsvTableTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    public static TheoryData<string, byte[]> Encodings { get; } = new()
    {
        { "UTF-8", Encoding.UTF8.GetBytes("image,mask\nMüller €.nii,b\n") },
        { "UTF-8 with BOM", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("image,mask\r\nMüller €.nii,b")] },
        { "UTF-16 LE", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("image\tmask\r\nMüller €.nii\tb\r\n")] },
        { "UTF-16 BE", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("image;mask\r\nMüller €.nii;b\r\n")] },
        { "Windows-1252", [.. "image;mask\r\nM"u8, 0xFC, .. "ller "u8, 0x80, .. ".nii;b\r\n"u8] },
        { "sep=", Encoding.UTF8.GetBytes("sep=|\nimage|mask\nMüller €.nii|b\n") },
        { "quoted", Encoding.UTF8.GetBytes("\"image\", \"mask\"\n\"Müller €.nii\",\"b\"\n\n") },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Any_encoding_and_separator_is_read(string what, byte[] content)
    {
        File.WriteAllBytes(_path, content);

        var table = CsvTable.Read(_path);

        Assert.True(table.Columns.SequenceEqual(["image", "mask"]), what);
        CsvRow row = Assert.Single(table.Rows);
        Assert.Equal(("Müller €.nii", "b"), (row[0], row[1]));
    }

    [Fact]
    public void Quoted_cells_hold_separators_quotes_and_line_breaks_and_lines_are_counted()
    {
        File.WriteAllText(_path, "image;mask\n\"a;b\";\"say \"\"x\"\"\"\n\"two\nlines\";m\n\nlast;m\n");

        var table = CsvTable.Read(_path);

        Assert.Equal(["a;b", "two\nlines", "last"], table.Rows.Select(row => row[0]));
        Assert.Equal("say \"x\"", table.Rows[0][1]);
        Assert.Equal([2, 4, 6], table.Rows.Select(row => row.Line));
    }

    [Theory]
    [InlineData("image,mask\na,b\nc,d,e\n", "Line 3: There are 3 cells, but 2 columns.")]
    [InlineData("image,mask\na,\"b\nc,d\n", "a quote is not closed")]
    [InlineData("", "Line 1: The table is empty.")]
    public void Errors_name_the_line(string text, string finding)
    {
        File.WriteAllText(_path, text);

        FileFormatException error = Assert.Throws<FileFormatException>(() => CsvTable.Read(_path));

        Assert.Equal(ErrorIds.TableInvalid, error.ErrorId);
        Assert.Contains(finding, error.Finding, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith(_path, error.Finding, StringComparison.Ordinal);
    }
}

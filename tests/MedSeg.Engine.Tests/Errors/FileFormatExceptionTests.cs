using MedSeg.Errors;

namespace MedSeg.Tests.Errors;

public class FileFormatExceptionTests
{
    [Theory]
    [InlineData(null, null, "/d/a.png: The file is too short.")]
    [InlineData(12L, null, "/d/a.png: The file is too short (at byte 12).")]
    [InlineData(null, "Copy it again.", "/d/a.png: The file is too short. Copy it again.")]
    [InlineData(12L, "Copy it again.", "/d/a.png: The file is too short (at byte 12). Copy it again.")]
    public void The_message_is_path_finding_offset_and_advice(long? offset, string? advice, string message)
    {
        var error = new FileFormatException("PngTruncated", "/d/a.png", "The file is too short.", offset) { Advice = advice };

        Assert.Equal(message, error.Message);
        Assert.Equal(advice, error.Advice);
        Assert.Equal(offset, error.Offset);
        Assert.DoesNotContain("Copy", error.Finding, StringComparison.Ordinal);
    }
}

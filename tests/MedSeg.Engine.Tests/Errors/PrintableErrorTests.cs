using MedSeg.Errors;

namespace MedSeg.Tests.Errors;

public static class PrintableErrorTests
{
    [Fact]
    public static void Control_characters_in_names_do_not_reach_the_terminal()
    {
        var error = new FileFormatException("X", "/scans/\u001b]0;title\u0007\u001b[2J\u009b31m.dcm", "It is damaged.\nSecond line.") { Advice = "Copy it." };

        Assert.Equal("/scans/\ufffd]0;title\ufffd\ufffd[2J\ufffd31m.dcm: It is damaged.\nSecond line.", error.Finding);
        Assert.DoesNotContain(error.Message, c => char.IsControl(c) && c != '\n');
        Assert.Equal("/scans/\u001b]0;title\u0007\u001b[2J\u009b31m.dcm", error.Path);
    }
}

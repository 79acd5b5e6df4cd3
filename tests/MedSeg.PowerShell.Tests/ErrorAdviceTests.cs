using System.Reflection;

namespace MedSeg.PowerShell.Tests;

/// <summary>What PowerShell shows as recommendation of an error.</summary>
public sealed class ErrorAdviceTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("NotFound", "/d/x.dcm: there is no such file. Check the path.", "/d/x.dcm: there is no such file.", "Check the path.")]
    [InlineData("InvalidData", "/d/x.npy: the file ends too early. Copy or save it again. (at byte 12)", "/d/x.npy: the file ends too early (at byte 12).", "Copy or save it again.")]
    [InlineData("InvalidArgument", "'gpu' is no device; give Auto, Cpu, Cuda or Cuda:n.", "'gpu' is no device.", "Give Auto, Cpu, Cuda or Cuda:n.")]
    [InlineData("InvalidArgument", "/d/o.psd1: line 1: 'Epoch' is no option of Start-MedSegTraining. Did you mean Epochs?", "/d/o.psd1: line 1: 'Epoch' is no option of Start-MedSegTraining.", "Did you mean Epochs?")]
    [InlineData("AlreadyExists", "/d/m: there is a model already. Use -Resume to go on with it, -Force to replace it. Or wait.", "/d/m: there is a model already.", "Use -Resume to go on with it, -Force to replace it. Or wait.")]
    [InlineData("NotFound", "/d: there is no such folder. A data set is a folder with the folders dicoms and labels.", "/d: there is no such folder.", "A data set is a folder with the folders dicoms and labels.")]
    [InlineData("NotFound", "/Dr. Müller/Use. it/x: there is no such file. Check the path.", "/Dr. Müller/Use. it/x: there is no such file.", "Check the path.")]
    public void Message_is_parted_into_finding_and_advice(string kind, string message, string finding, string advice) =>
        Assert.Equal((finding, advice), Part(message, kind));

    [Theory]
    [InlineData("NotFound")]
    [InlineData("InvalidData")]
    [InlineData("InvalidArgument")]
    [InlineData("AlreadyExists")]
    [InlineData("WriteFailed")]
    [InlineData("Device")]
    public void Every_kind_of_error_has_advice_where_its_message_has_none(string kind)
    {
        (string? finding, string advice) = Part("/d/x.png: the image is indexed but has no palette.", kind);

        Assert.Null(finding);
        Assert.EndsWith(".", advice, StringComparison.Ordinal);
        Assert.Equal(6, KindType().GetEnumNames().Length);
    }

    // The module's assembly is not referenced, but loaded, as users load it.
    private static (string? Finding, string Advice) Part(string message, string kind)
    {
        MethodInfo part = AppDomain.CurrentDomain.GetAssemblies().First(a => a.GetName().Name == "MedSeg.PowerShell").GetType("MedSeg.PowerShell.ErrorAdvice")!.GetMethod("Part")!;
        return ((string?, string))part.Invoke(null, [message, Enum.Parse(KindType(), kind)])!;
    }

    private static Type KindType() => AppDomain.CurrentDomain.GetAssemblies().First(a => a.GetName().Name == "MedSeg.PowerShell").GetType("MedSeg.PowerShell.ErrorAdvice")!.GetMethod("Part")!.GetParameters()[1].ParameterType;
}

namespace MedSeg.Benchmarks.Peers;

/// <summary>Lists the settings that PyTorch and plain TorchSharp are measured with.</summary>
/// <param name="limit">The instructions that they may use.</param>
internal sealed class PeerSettings(InstructionLimit limit)
{
    /// <summary>The precision that MedSeg has, too.</summary>
    public const string Float32 = "float32";

    private const string BFloat16 = "bfloat16";
    private static readonly string[] s_layouts = ["channels-first", "channels-last"];

    private string[] Precisions => limit.HasBFloat16 ? [Float32, BFloat16] : [Float32];

    /// <summary>Lists PyTorch with each installed OpenBLAS, memory layout, precision and mode.</summary>
    /// <param name="script">The script that runs it.</param>
    /// <param name="arguments">Its first arguments; layout, precision and mode follow.</param>
    /// <param name="kernel">The kernel of OpenBLAS; null for its own choice.</param>
    /// <param name="modes">How the network is run; of several, all but the first are of float32 only, since TorchScript cannot trace autocast.</param>
    public IEnumerable<PeerSetting> PyTorch(string script, string[] arguments, string? kernel, params string[] modes) =>
        from precision in Precisions
        from library in OpenBlas.Installed
        from layout in s_layouts
        from mode in precision == Float32 ? modes : modes[..1]
        let details = string.Join(", ", ((string[])[$"OpenBLAS {library.Name}", layout, mode]).Where(part => part.Length > 0))
        select new PeerSetting($"PyTorch, {precision}", details, precision == Float32, () => LineWorker.StartPython(PyTorchVariables(library, kernel), script, [.. arguments, layout, precision, mode]));

    /// <summary>Lists plain TorchSharp with each memory layout and precision.</summary>
    /// <param name="arguments">The command of this program that runs it, and its first arguments; layout and precision follow.</param>
    public IEnumerable<PeerSetting> TorchSharp(params string[] arguments) =>
        from precision in Precisions
        from layout in s_layouts
        select new PeerSetting($"TorchSharp, {precision}", layout, precision == Float32, () => LineWorker.StartSelf(limit.Variables, [.. arguments, layout, precision]));

    /// <summary>Starts PyTorch as most people do, with one kernel of OpenBLAS, to compare the kernels.</summary>
    /// <param name="script">The script that runs it.</param>
    /// <param name="arguments">Its first arguments; layout, precision and mode follow.</param>
    /// <param name="kernel">The kernel of OpenBLAS; null for its own choice.</param>
    /// <param name="mode">How the network is run.</param>
    /// <returns>The worker; null where PyTorch or OpenBLAS is not installed.</returns>
    public LineWorker? StartForKernel(string script, string[] arguments, string? kernel, string mode) => OpenBlas.Installed.Count == 0
        ? null
        : LineWorker.StartPython(PyTorchVariables(OpenBlas.Installed[0], kernel), script, [.. arguments, s_layouts[0], Float32, mode]);

    private Dictionary<string, string> PyTorchVariables(OpenBlas library, string? kernel)
    {
        var variables = new Dictionary<string, string>(limit.Variables) { ["LD_LIBRARY_PATH"] = library.Folder };
        if (kernel is not null)
        {
            variables[OpenBlas.KernelVariable] = kernel;
        }

        return variables;
    }
}

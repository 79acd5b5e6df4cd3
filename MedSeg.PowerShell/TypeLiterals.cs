using System.Management.Automation;
using System.Reflection;

namespace MedSeg.PowerShell;

/// <summary>
/// Lets scripts write the types that the commands take and give, as in <c>param([MedSeg.Dataset] $Dataset)</c>: PowerShell
/// looks for type names in the default load context only, and the engine has its own.
/// </summary>
internal static class TypeLiterals
{
    // PowerShell keeps this class to itself, and has left it as it is for the modules that need it.
    private static readonly Type? s_accelerators = typeof(PSObject).Assembly.GetType("System.Management.Automation.TypeAccelerators");

    private static Type[] Types =>
    [
        typeof(CacheUse),
        typeof(AreaSummary),
        typeof(CrossValidationResult),
        typeof(Dataset),
        typeof(DatasetCache),
        typeof(DatasetInspection),
        typeof(DemoDataset),
        typeof(DeviceInfo),
        typeof(EpochRecord),
        typeof(FoldScore),
        typeof(FoldSummary),
        typeof(ImageInfo),
        typeof(InferenceBackend),
        typeof(LabelProblem),
        typeof(LabelReport),
        typeof(LearningRateSchedule),
        typeof(LossFunction),
        typeof(ModelFormat),
        typeof(ModelInfo),
        typeof(ModelKind),
        typeof(MaskFormat),
        typeof(ModelScore),
        typeof(Normalization),
        typeof(Recipe),
        typeof(ResizeMode),
        typeof(RoiScore),
        typeof(RoiSummary),
        typeof(Sample),
        typeof(SegmentedRoi),
        typeof(SegmentedSlice),
        typeof(SliceFindings),
        typeof(SliceScore),
        typeof(TrainingRunInfo),
        typeof(TrainingState),
    ];

    /// <summary>Makes the names known.</summary>
    public static void Add()
    {
        foreach (Type type in Types)
        {
            Call("Add", type.FullName!, type);
        }
    }

    /// <summary>Takes the names away.</summary>
    public static void Remove()
    {
        foreach (Type type in Types)
        {
            Call("Remove", type.FullName!);
        }
    }

    private static void Call(string method, params object[] arguments) =>
        s_accelerators?.GetMethod(method, BindingFlags.Public | BindingFlags.Static)?.Invoke(null, arguments);
}

using System.Management.Automation;
using System.Reflection;
using MedSeg.Comparison;
using MedSeg.Composition;
using MedSeg.Data;
using MedSeg.Data.Caching;
using MedSeg.Data.Demo;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Devices;
using MedSeg.Distributed;
using MedSeg.Evaluation;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Inspection;
using MedSeg.Interchange;
using MedSeg.Inventory;
using MedSeg.Labels;
using MedSeg.Models;
using MedSeg.Natives;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Reports;
using MedSeg.Reports.Review;
using MedSeg.Training;
using MedSeg.Training.Integrity;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;
using MedSeg.Training.Sweeps;

namespace MedSeg.PowerShell;

/// <summary>
/// Lets scripts name the types that the commands accept and return, as in <c>param([MedSeg.Dataset] $Dataset)</c>: PowerShell
/// looks for type names in the default load context only, and the engine has a context of its own.
/// </summary>
internal static class TypeLiterals
{
    // An internal class of PowerShell that modules commonly use through reflection.
    private static readonly Type? s_accelerators = typeof(PSObject).Assembly.GetType("System.Management.Automation.TypeAccelerators");

    // PowerShell's table is not safe for several runspaces that import the module at once, as ForEach-Object -Parallel does.
    private static readonly object s_table = new();

    private static Type[] Types =>
    [
        typeof(AgreementFigureKind),
        typeof(CacheReport),
        typeof(ChannelKind),
        typeof(AreaSummary),
        typeof(BodySide),
        typeof(CompositionValue),
        typeof(ConsensusMask),
        typeof(ConsensusMethod),
        typeof(CrossValidationResult),
        typeof(Dataset),
        typeof(DatasetCache),
        typeof(DatasetInspection),
        typeof(DemoDataset),
        typeof(DeviceInfo),
        typeof(DistributedMode),
        typeof(EpochRecord),
        typeof(FatMethod),
        typeof(FatScope),
        typeof(FoldScore),
        typeof(FoldSummary),
        typeof(GradientFormat),
        typeof(ImageChannel),
        typeof(ImageInfo),
        typeof(InferenceBackend),
        typeof(LabelDisagreement),
        typeof(LabelProblem),
        typeof(LabelReport),
        typeof(LearningRateSchedule),
        typeof(LossFunction),
        typeof(ModelFormat),
        typeof(ModelInfo),
        typeof(ModelKind),
        typeof(MaskFormat),
        typeof(MaskScore),
        typeof(ModelScore),
        typeof(NativeInstallation),
        typeof(NativeStatus),
        typeof(NetworkArchitecture),
        typeof(NetworkLayer),
        typeof(Normalization),
        typeof(PatientComposition),
        typeof(Precision),
        typeof(RaterScore),
        typeof(Recipe),
        typeof(ResizeMode),
        typeof(ReviewDecision),
        typeof(ReviewedSlice),
        typeof(LabelResampling),
        typeof(RoiAgreement),
        typeof(RoiComposition),
        typeof(RoiDisagreement),
        typeof(RoiScore),
        typeof(RoiSummary),
        typeof(Sample),
        typeof(SegmentedRoi),
        typeof(SegmentedSlice),
        typeof(SeriesInfo),
        typeof(SideSource),
        typeof(SliceAxis),
        typeof(SliceFlags),
        typeof(SliceOrientation),
        typeof(CaseScore),
        typeof(ConfidenceCalibration),
        typeof(PostProcessingFinding),
        typeof(RoiFinding),
        typeof(RoiPostProcessing),
        typeof(RunFile),
        typeof(RunFileKind),
        typeof(RunFileState),
        typeof(RunInfo),
        typeof(RunState),
        typeof(SubmittedJob),
        typeof(SweepRun),
    ];

    /// <summary>Adds the names.</summary>
    public static void Add()
    {
        lock (s_table)
        {
            foreach (Type type in Types)
            {
                foreach (string name in NamesOf(type))
                {
                    Call("Add", name, type);
                }
            }
        }
    }

    /// <summary>Removes the names.</summary>
    public static void Remove()
    {
        lock (s_table)
        {
            foreach (Type type in Types)
            {
                foreach (string name in NamesOf(type))
                {
                    Call("Remove", name);
                }
            }
        }
    }

    // Both the name that Get-Member shows, and one without the engine's folder, which stays the same where a type moves.
    private static string[] NamesOf(Type type) => [type.FullName!, "MedSeg." + type.Name];

    private static void Call(string method, params object[] arguments) =>
        s_accelerators?.GetMethod(method, BindingFlags.Public | BindingFlags.Static)?.Invoke(null, arguments);
}

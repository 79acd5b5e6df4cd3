namespace MedSeg.Errors;

public static partial class ErrorIds
{
    // Models and checkpoints.

    /// <summary>A file is a model, but not a MedSeg model or checkpoint.</summary>
    public const string NotMedSegModel = nameof(NotMedSegModel);

    /// <summary>A file to import is already a MedSeg model.</summary>
    public const string AlreadyMedSeg = nameof(AlreadyMedSeg);

    /// <summary>The description of a model or checkpoint cannot be used.</summary>
    public const string CheckpointInvalid = nameof(CheckpointInvalid);

    /// <summary>The checksum of a model or checkpoint is wrong.</summary>
    public const string CheckpointDamaged = nameof(CheckpointDamaged);

    /// <summary>A model or checkpoint has a format version that this MedSeg does not know.</summary>
    public const string CheckpointVersion = nameof(CheckpointVersion);

    /// <summary>The weights do not fit the network.</summary>
    public const string ModelMismatch = nameof(ModelMismatch);

    /// <summary>Models cannot work together: they have other ROIs or another preprocessing.</summary>
    public const string ModelsDiffer = nameof(ModelsDiffer);

    /// <summary>A model has no training options.</summary>
    public const string ModelWithoutOptions = nameof(ModelWithoutOptions);

    /// <summary>Weights are NaN or infinite.</summary>
    public const string WeightsNotFinite = nameof(WeightsNotFinite);

    /// <summary>The number of names differs from the model's number of ROIs.</summary>
    public const string LabelCountMismatch = nameof(LabelCountMismatch);

    /// <summary>A file is not safetensors.</summary>
    public const string NotSafetensors = nameof(NotSafetensors);

    /// <summary>The header of a safetensors file is wrong.</summary>
    public const string SafetensorsInvalid = nameof(SafetensorsInvalid);

    /// <summary>A safetensors file ends too early.</summary>
    public const string SafetensorsTruncated = nameof(SafetensorsTruncated);

    /// <summary>A file of PyTorch has the format before version 1.6.</summary>
    public const string TorchLegacy = nameof(TorchLegacy);

    /// <summary>A file of PyTorch is damaged.</summary>
    public const string TorchInvalid = nameof(TorchInvalid);

    /// <summary>A file of PyTorch was compressed or is a zip bomb.</summary>
    public const string TorchCompressed = nameof(TorchCompressed);

    /// <summary>A file of PyTorch has no state dictionary.</summary>
    public const string TorchNoState = nameof(TorchNoState);

    /// <summary>A file of PyTorch has a pickle instruction that is not allowed.</summary>
    public const string PickleRefused = nameof(PickleRefused);

    /// <summary>The pickle of a PyTorch file ends too early.</summary>
    public const string PickleTruncated = nameof(PickleTruncated);

    /// <summary>An ONNX file is damaged.</summary>
    public const string OnnxInvalid = nameof(OnnxInvalid);

    /// <summary>The checksum of an ONNX file is wrong.</summary>
    public const string OnnxDamaged = nameof(OnnxDamaged);

    /// <summary>MedSeg did not export an ONNX file.</summary>
    public const string OnnxNotMedSeg = nameof(OnnxNotMedSeg);

    /// <summary>A file to import is ONNX.</summary>
    public const string OnnxNotImported = nameof(OnnxNotImported);

    // Training.

    /// <summary>A model or checkpoint of the run's name exists.</summary>
    public const string ModelExists = nameof(ModelExists);

    /// <summary>Another process is training the same model.</summary>
    public const string RunInProgress = nameof(RunInProgress);

    /// <summary>A folder has several runs, and one is needed.</summary>
    public const string RunNotUnique = nameof(RunNotUnique);

    /// <summary>A folder has no training run, or none of the given name.</summary>
    public const string RunNotFound = nameof(RunNotFound);

    /// <summary>A run has not ended within the time that a command waits.</summary>
    public const string RunStillRunning = nameof(RunStillRunning);

    /// <summary>A folder or file has no history of a training run.</summary>
    public const string HistoryMissing = nameof(HistoryMissing);

    /// <summary>A checkpoint was made with other options or data.</summary>
    public const string ResumeMismatch = nameof(ResumeMismatch);

    /// <summary>The initial model has another architecture, or a U-Net of another depth.</summary>
    public const string InitialModelArchitecture = nameof(InitialModelArchitecture);

    /// <summary>The initial model has another base width.</summary>
    public const string InitialModelWidth = nameof(InitialModelWidth);

    /// <summary>The initial model has the data set's ROIs in another order.</summary>
    public const string InitialModelOrder = nameof(InitialModelOrder);

    /// <summary>The validation data set has other ROIs or another preprocessing.</summary>
    public const string ValidationMismatch = nameof(ValidationMismatch);

    /// <summary>Several ways to validate were given.</summary>
    public const string ValidationTwice = nameof(ValidationTwice);

    /// <summary>Early stopping needs a validation, and there is none.</summary>
    public const string PatienceWithoutValidation = nameof(PatienceWithoutValidation);

    /// <summary>A sweep has no runs, the same run twice, or runs that would be scored on different patients.</summary>
    public const string SweepInvalid = nameof(SweepInvalid);

    /// <summary>A data set has no sample that can be used.</summary>
    public const string NoUsableSamples = nameof(NoUsableSamples);

    /// <summary>All samples are of one patient, so there is nothing to validate on.</summary>
    public const string OnePatientOnly = nameof(OnePatientOnly);

    /// <summary>There are fewer patients than folds.</summary>
    public const string TooFewPatients = nameof(TooFewPatients);

    /// <summary>A fold does not exist, has no or all samples, or there are fewer than two.</summary>
    public const string FoldInvalid = nameof(FoldInvalid);

    /// <summary>A line of a fold file cannot be read.</summary>
    public const string FoldFileInvalid = nameof(FoldFileInvalid);

    /// <summary>A sample is not in the fold file.</summary>
    public const string FoldMissing = nameof(FoldMissing);

    /// <summary>A fold file puts a patient into several folds.</summary>
    public const string FoldSplitsPatient = nameof(FoldSplitsPatient);

    /// <summary>The grouping is neither a property nor a regular expression.</summary>
    public const string GroupByInvalid = nameof(GroupByInvalid);

    /// <summary>The grouping does not match a sample's name.</summary>
    public const string GroupByNoMatch = nameof(GroupByNoMatch);

    /// <summary>The loss became NaN or infinite.</summary>
    public const string LossNotFinite = nameof(LossNotFinite);

    /// <summary>There is no such network architecture.</summary>
    public const string ArchitectureUnknown = nameof(ArchitectureUnknown);

    /// <summary>The number of channels of the input is out of range.</summary>
    public const string ChannelCountInvalid = nameof(ChannelCountInvalid);

    /// <summary>The base width is out of range.</summary>
    public const string BaseWidthInvalid = nameof(BaseWidthInvalid);

    /// <summary>The dropout rate is out of range.</summary>
    public const string DropoutRateInvalid = nameof(DropoutRateInvalid);

    /// <summary>The smallest crop is larger than the largest.</summary>
    public const string CropInvalid = nameof(CropInvalid);

    // Several processes that train together.

    /// <summary>A batch cannot be divided in the way that was asked for.</summary>
    public const string SharesNotPossible = nameof(SharesNotPossible);

    /// <summary>There is no MPI library that can be used.</summary>
    public const string MpiNotLoaded = nameof(MpiNotLoaded);

    /// <summary>The launcher and the MPI library do not belong together.</summary>
    public const string MpiLauncherMismatch = nameof(MpiLauncherMismatch);

    /// <summary>A function of MPI failed.</summary>
    public const string MpiFailed = nameof(MpiFailed);

    /// <summary>Another rank of the run failed.</summary>
    public const string RankFailed = nameof(RankFailed);

    /// <summary>The ranks of a run differ in the program, the options, the data or the weights.</summary>
    public const string RanksDiffer = nameof(RanksDiffer);

    // Segmentation.

    /// <summary>A mask would replace an image that is to be segmented.</summary>
    public const string OutputIsInput = nameof(OutputIsInput);

    /// <summary>A volume was not written because a slice cannot be used.</summary>
    public const string SeriesIncomplete = nameof(SeriesIncomplete);

    /// <summary>A volume was not written because a slice has no position or spacing.</summary>
    public const string SeriesPosition = nameof(SeriesPosition);

    /// <summary>A code of a segment cannot be used.</summary>
    public const string SegmentCodeInvalid = nameof(SegmentCodeInvalid);

    /// <summary>A volume was not written because its slices differ in size, spacing or direction.</summary>
    public const string SeriesUneven = nameof(SeriesUneven);

    /// <summary>A SEG was not written because an image has no identifier.</summary>
    public const string SeriesIdentity = nameof(SeriesIdentity);

    // Scores.

    /// <summary>The data set does not fit the model.</summary>
    public const string DatasetMismatch = nameof(DatasetMismatch);

    /// <summary>It is not known which slices of a data set a model was not trained on.</summary>
    public const string HeldOutUnknown = nameof(HeldOutUnknown);

    /// <summary>A model was trained on the slices that it is to be examined on.</summary>
    public const string NotHeldOut = nameof(NotHeldOut);

    /// <summary>The data set has no sample to measure.</summary>
    public const string DatasetEmpty = nameof(DatasetEmpty);

    /// <summary>No slice has an area to plot.</summary>
    public const string EmptyPlot = nameof(EmptyPlot);
}

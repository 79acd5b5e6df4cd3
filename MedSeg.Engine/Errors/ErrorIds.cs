namespace MedSeg.Errors;

/// <summary>
/// The ids of all errors and findings. Scripts and tests rely on them, so an id is never renamed or reused. In PowerShell an id is
/// the first part of <c>FullyQualifiedErrorId</c>.
/// </summary>
/// <remarks>
/// This file has the ids of files, DICOM, options, devices and pictures; ErrorIds.Data.cs those of masks and data sets;
/// ErrorIds.Comparison.cs those of the masks of several raters; ErrorIds.Models.cs those of models, training and what models are used for. docs/errors.md says of each what to do.
/// </remarks>
public static partial class ErrorIds
{
    // Files and folders.

    /// <summary>A file would be overwritten, and -Force was not given.</summary>
    public const string FileExists = nameof(FileExists);

    /// <summary>A file to read does not exist.</summary>
    public const string FileNotFound = nameof(FileNotFound);

    /// <summary>Files of a folder are only in the cloud, not on this computer.</summary>
    public const string FileNotDownloaded = nameof(FileNotDownloaded);

    /// <summary>A file is larger than is accepted for its kind.</summary>
    public const string FileTooLarge = nameof(FileTooLarge);

    /// <summary>A file exists but cannot be read.</summary>
    public const string FileUnreadable = nameof(FileUnreadable);

    /// <summary>A folder of a data set has no images or no masks.</summary>
    public const string FolderEmpty = nameof(FolderEmpty);

    /// <summary>A pattern of folders has no {patient}, or does not tell the folders of masks apart.</summary>
    public const string FolderPatternInvalid = nameof(FolderPatternInvalid);

    /// <summary>A file cannot be replaced, because another program has it open.</summary>
    public const string FileInUse = nameof(FileInUse);

    /// <summary>A folder contains a data set for training and one that is held out.</summary>
    public const string FolderIsSplit = nameof(FolderIsSplit);

    /// <summary>A folder to read from does not exist.</summary>
    public const string FolderNotFound = nameof(FolderNotFound);

    /// <summary>The folder of the masks has the images, and that of the images the masks.</summary>
    public const string FoldersSwapped = nameof(FoldersSwapped);

    /// <summary>Two files have the same name without extension where names must be unique.</summary>
    public const string NameTwice = nameof(NameTwice);

    /// <summary>A path belongs to a provider other than the file system.</summary>
    public const string NotFileSystem = nameof(NotFileSystem);

    /// <summary>A path with wildcards matches nothing.</summary>
    public const string PathNotFound = nameof(PathNotFound);

    /// <summary>A path with wildcards matches several files where one is expected.</summary>
    public const string PathNotUnique = nameof(PathNotUnique);

    /// <summary>A file or folder cannot be written.</summary>
    public const string WriteFailed = nameof(WriteFailed);

    // DICOM.

    /// <summary>A file is empty or not DICOM.</summary>
    public const string NotDicom = nameof(NotDicom);

    /// <summary>A DICOM file is not an image.</summary>
    public const string DicomNotAnImage = nameof(DicomNotAnImage);

    /// <summary>A DICOM file describes an image but has no pixels.</summary>
    public const string DicomNoPixels = nameof(DicomNoPixels);

    /// <summary>A DICOM file ends too early.</summary>
    public const string DicomTruncated = nameof(DicomTruncated);

    /// <summary>A DICOM file contradicts the standard or itself.</summary>
    public const string DicomInvalid = nameof(DicomInvalid);

    /// <summary>A DICOM file has a compression, colour space or pixel format that is not supported.</summary>
    public const string DicomUnsupported = nameof(DicomUnsupported);

    /// <summary>An image does not have the frame that was asked for.</summary>
    public const string FrameNotFound = nameof(FrameNotFound);

    /// <summary>An image has values that are NaN or infinite.</summary>
    public const string ImageNotFinite = nameof(ImageNotFinite);

    /// <summary>An image has no window, which the normalization Window needs.</summary>
    public const string WindowMissing = nameof(WindowMissing);

    /// <summary>The image does not state its pixel spacing, which -PixelSize needs.</summary>
    public const string PixelSpacingMissing = nameof(PixelSpacingMissing);

    /// <summary>With -PixelSize, the image would become too large.</summary>
    public const string PixelSizeTooSmall = nameof(PixelSizeTooSmall);

    /// <summary>All pixels of an image have the same value (a warning).</summary>
    public const string ImageConstant = nameof(ImageConstant);

    // Options.

    /// <summary>An option is out of its range.</summary>
    public const string OptionOutOfRange = nameof(OptionOutOfRange);

    /// <summary>An option was given without the option that it needs.</summary>
    public const string OptionMissing = nameof(OptionMissing);

    /// <summary>The program that submits jobs cannot be started.</summary>
    public const string SchedulerMissing = nameof(SchedulerMissing);

    /// <summary>The scheduler did not accept a job, or its tasks could not import the data set.</summary>
    public const string SchedulerFailed = nameof(SchedulerFailed);

    /// <summary>The process of a fold or of a run ended with an error.</summary>
    public const string TaskFailed = nameof(TaskFailed);

    /// <summary>Folds or runs whose results are to be collected are not finished.</summary>
    public const string RunsUnfinished = nameof(RunsUnfinished);

    /// <summary>The pipeline has several data sets, but the command takes one.</summary>
    public const string SeveralDatasets = nameof(SeveralDatasets);

    /// <summary>A file that is to be written has an extension of another format.</summary>
    public const string OutputExtension = nameof(OutputExtension);

    /// <summary>An option in a file has the wrong type.</summary>
    public const string OptionType = nameof(OptionType);

    /// <summary>A file has an option that does not exist.</summary>
    public const string OptionUnknown = nameof(OptionUnknown);

    /// <summary>An options file cannot be read.</summary>
    public const string OptionFileInvalid = nameof(OptionFileInvalid);

    /// <summary>An options file has an extension other than .psd1 or .json.</summary>
    public const string OptionFileFormat = nameof(OptionFileFormat);

    // Devices.

    /// <summary>A device's name is unknown.</summary>
    public const string DeviceUnknown = nameof(DeviceUnknown);

    /// <summary>The environment variable that chooses how convolutions are computed has an unknown value.</summary>
    public const string ConvolutionPathUnknown = nameof(ConvolutionPathUnknown);

    /// <summary>The CPU does not support the way of computing convolutions that an environment variable chooses.</summary>
    public const string ConvolutionPathUnsupported = nameof(ConvolutionPathUnsupported);

    /// <summary>A device or library cannot compute with the precision.</summary>
    public const string PrecisionUnsupported = nameof(PrecisionUnsupported);

    /// <summary>A CUDA GPU was asked for that cannot be used.</summary>
    public const string CudaNotAvailable = nameof(CudaNotAvailable);

    /// <summary>ONNX Runtime was built without the device that was asked for.</summary>
    public const string ProviderNotAvailable = nameof(ProviderNotAvailable);

    /// <summary>A training step will not fit into the free memory.</summary>
    public const string MemoryShort = nameof(MemoryShort);

    /// <summary>Memory ran out.</summary>
    public const string OutOfMemory = nameof(OutOfMemory);

    /// <summary>torch failed.</summary>
    public const string TorchFailed = nameof(TorchFailed);

    /// <summary>torch cannot be loaded.</summary>
    public const string TorchNotLoaded = nameof(TorchNotLoaded);

    /// <summary>ONNX Runtime failed.</summary>
    public const string OnnxRuntimeFailed = nameof(OnnxRuntimeFailed);

    /// <summary>ONNX Runtime cannot be loaded.</summary>
    public const string OnnxRuntimeMissing = nameof(OnnxRuntimeMissing);

    /// <summary>The native libraries are not installed, or the file that says which is damaged.</summary>
    public const string NativeMissing = nameof(NativeMissing);

    /// <summary>The native libraries are in use, so that they cannot be replaced.</summary>
    public const string NativeInUse = nameof(NativeInUse);

    /// <summary>A package of native libraries is damaged, or is another kind of file.</summary>
    public const string NativePackageInvalid = nameof(NativePackageInvalid);

    /// <summary>A package of native libraries belongs to another version of the module, or is for another machine.</summary>
    public const string NativePackageMismatch = nameof(NativePackageMismatch);

    /// <summary>No repository has the package of native libraries.</summary>
    public const string NativePackageNotFound = nameof(NativePackageNotFound);

    /// <summary>A package of native libraries would write outside of its folder, or fill the disk.</summary>
    public const string NativePackageUnsafe = nameof(NativePackageUnsafe);

    /// <summary>torch was asked for with an ONNX file.</summary>
    public const string BackendMismatch = nameof(BackendMismatch);

    // Plots and previews.

    /// <summary>Neither a table nor a picture of the history was asked for.</summary>
    public const string NothingToWrite = nameof(NothingToWrite);

    /// <summary>The history has no epoch.</summary>
    public const string EmptyHistory = nameof(EmptyHistory);

    /// <summary>No slice was given to draw.</summary>
    public const string EmptyPreview = nameof(EmptyPreview);

    /// <summary>The computer has no font.</summary>
    public const string NoFont = nameof(NoFont);

    /// <summary>A preview would be too large.</summary>
    public const string PreviewTooLarge = nameof(PreviewTooLarge);

    /// <summary>An option of a preview is out of range.</summary>
    public const string PreviewOptionOutOfRange = nameof(PreviewOptionOutOfRange);

    /// <summary>A slice of a preview has another size than stated.</summary>
    public const string PreviewTileMismatch = nameof(PreviewTileMismatch);

    /// <summary>The size of a plot is out of range.</summary>
    public const string PlotSizeOutOfRange = nameof(PlotSizeOutOfRange);
}

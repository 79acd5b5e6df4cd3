namespace MedSeg.Errors;

public static partial class ErrorIds
{
    // Masks and labels.

    /// <summary>A mask is in a format that is not supported.</summary>
    public const string LabelFormat = nameof(LabelFormat);

    /// <summary>A mask and its image differ in size.</summary>
    public const string LabelSizeMismatch = nameof(LabelSizeMismatch);

    /// <summary>An image and its mask differ in the number of frames.</summary>
    public const string LabelFrames = nameof(LabelFrames);

    /// <summary>A mask has values that are not whole numbers.</summary>
    public const string LabelFraction = nameof(LabelFraction);

    /// <summary>A mask has negative values.</summary>
    public const string LabelNegative = nameof(LabelNegative);

    /// <summary>A mask has values above the number of ROIs.</summary>
    public const string LabelAboveRange = nameof(LabelAboveRange);

    /// <summary>A mask has the values 0 and 255 only, with several ROIs.</summary>
    public const string LabelBinaryMask = nameof(LabelBinaryMask);

    /// <summary>A mask is in colour, and no ROIs were given for colours.</summary>
    public const string LabelColor = nameof(LabelColor);

    /// <summary>A mask has colours that the map of colours does not have.</summary>
    public const string LabelColorUnknown = nameof(LabelColorUnknown);

    /// <summary>The map of colours cannot be used.</summary>
    public const string LabelColorInvalid = nameof(LabelColorInvalid);

    /// <summary>The map of mask values cannot be used.</summary>
    public const string LabelMapInvalid = nameof(LabelMapInvalid);

    /// <summary>The outlines of an ROI set, a JSON file or a structure set cannot be used.</summary>
    public const string OutlineInvalid = nameof(OutlineInvalid);

    /// <summary>Shapes of an ROI set or a JSON file are left out, because they enclose no area (a warning).</summary>
    public const string OutlineSkipped = nameof(OutlineSkipped);

    /// <summary>An archive of ROIs is refused, because it would unpack to far more than it is, or names files outside of it.</summary>
    public const string ArchiveRefused = nameof(ArchiveRefused);

    /// <summary>ROI numbers of a JPEG mask cannot be recovered.</summary>
    public const string LabelSmeared = nameof(LabelSmeared);

    /// <summary>A JPEG mask cannot have ignored pixels.</summary>
    public const string LabelIgnoredJpeg = nameof(LabelIgnoredJpeg);

    /// <summary>A folder or an ROI of partly drawn labels does not exist.</summary>
    public const string PartialLabelInvalid = nameof(PartialLabelInvalid);

    /// <summary>A mask has an ROI that is not listed as drawn.</summary>
    public const string LabelNotListed = nameof(LabelNotListed);

    /// <summary>The value of ignored pixels is out of range, or that of an ROI.</summary>
    public const string IgnoreLabelInvalid = nameof(IgnoreLabelInvalid);

    /// <summary>ROI numbers of a JPEG mask are too close to be certain (a warning).</summary>
    public const string LabelUnverified = nameof(LabelUnverified);

    /// <summary>Pixels of a JPEG mask were set to the nearest ROI number (a warning or notice).</summary>
    public const string LabelSnapped = nameof(LabelSnapped);

    /// <summary>A table (CSV) cannot be used.</summary>
    public const string TableInvalid = nameof(TableInvalid);

    /// <summary>Data sets that are joined differ.</summary>
    public const string JoinMismatch = nameof(JoinMismatch);

    /// <summary>No sample of a data set fits a selection.</summary>
    public const string SelectionEmpty = nameof(SelectionEmpty);

    /// <summary>The description of a data set of nnU-Net, dataset.json, cannot be used.</summary>
    public const string DatasetJsonInvalid = nameof(DatasetJsonInvalid);

    /// <summary>A picture that should be an image has colours.</summary>
    public const string ImageColor = nameof(ImageColor);

    /// <summary>Each picture counts as a patient of its own (a notice).</summary>
    public const string PatientAssumed = nameof(PatientAssumed);

    /// <summary>Images have several channels.</summary>
    public const string ChannelsUnsupported = nameof(ChannelsUnsupported);

    /// <summary>A channel has no name or source, or one that another channel has.</summary>
    public const string ChannelInvalid = nameof(ChannelInvalid);

    /// <summary>There is no image of a channel.</summary>
    public const string ChannelMissing = nameof(ChannelMissing);

    /// <summary>Two images are of the same channel at the same place, or an image is of two channels.</summary>
    public const string ChannelAmbiguous = nameof(ChannelAmbiguous);

    /// <summary>The images of two channels differ in size or place.</summary>
    public const string ChannelPlaceDiffers = nameof(ChannelPlaceDiffers);

    /// <summary>The channels of the images are not those of the model.</summary>
    public const string ChannelsDiffer = nameof(ChannelsDiffer);

    /// <summary>A volume was given where the mask of a single image is expected.</summary>
    public const string LabelVolume = nameof(LabelVolume);

    /// <summary>It is not clear which images a volume belongs to.</summary>
    public const string LabelVolumeAmbiguous = nameof(LabelVolumeAmbiguous);

    /// <summary>A volume or its image has no position.</summary>
    public const string LabelVolumePosition = nameof(LabelVolumePosition);

    /// <summary>An image is outside the volume that has its labels.</summary>
    public const string LabelOutsideVolume = nameof(LabelOutsideVolume);

    /// <summary>Planes of a volume have labels, but no slice is there (a warning).</summary>
    public const string LabelPlaneUnseen = nameof(LabelPlaneUnseen);

    /// <summary>Segments of a SEG overlap.</summary>
    public const string LabelOverlap = nameof(LabelOverlap);

    /// <summary>A SEG is fractional (a warning).</summary>
    public const string LabelFractional = nameof(LabelFractional);

    /// <summary>Values of a mask were almost whole numbers and were rounded (a notice).</summary>
    public const string LabelRounded = nameof(LabelRounded);

    /// <summary>A SEG has segments that are not ROIs, or that it does not describe.</summary>
    public const string LabelSegmentUnknown = nameof(LabelSegmentUnknown);

    /// <summary>A SEG contradicts itself.</summary>
    public const string SegInvalid = nameof(SegInvalid);

    /// <summary>A file is not PNG.</summary>
    public const string NotPng = nameof(NotPng);

    /// <summary>A PNG file is damaged or contradicts the format.</summary>
    public const string PngInvalid = nameof(PngInvalid);

    /// <summary>A PNG file ends too early.</summary>
    public const string PngTruncated = nameof(PngTruncated);

    /// <summary>A file is not TIFF.</summary>
    public const string NotTiff = nameof(NotTiff);

    /// <summary>A TIFF file is damaged or has no page.</summary>
    public const string TiffInvalid = nameof(TiffInvalid);

    /// <summary>A TIFF file ends too early.</summary>
    public const string TiffTruncated = nameof(TiffTruncated);

    /// <summary>A TIFF file has a compression or pixel format that is not supported.</summary>
    public const string TiffUnsupported = nameof(TiffUnsupported);

    /// <summary>A file is not JPEG.</summary>
    public const string NotJpeg = nameof(NotJpeg);

    /// <summary>A JPEG file is damaged or has a rotated orientation.</summary>
    public const string JpegInvalid = nameof(JpegInvalid);

    /// <summary>A file is not NumPy's .npy.</summary>
    public const string NotNpy = nameof(NotNpy);

    /// <summary>A .npy file is damaged.</summary>
    public const string NpyInvalid = nameof(NpyInvalid);

    /// <summary>A .npy file ends too early.</summary>
    public const string NpyTruncated = nameof(NpyTruncated);

    /// <summary>A .npy file has a shape, type or version that is not supported.</summary>
    public const string NpyUnsupported = nameof(NpyUnsupported);

    /// <summary>An NRRD, MetaImage or Analyze file contradicts itself, or its voxels are damaged.</summary>
    public const string VolumeInvalid = nameof(VolumeInvalid);

    /// <summary>An NRRD, MetaImage or Analyze file ends too early.</summary>
    public const string VolumeTruncated = nameof(VolumeTruncated);

    /// <summary>An NRRD, MetaImage or Analyze file has a type, an encoding or axes that are not supported.</summary>
    public const string VolumeUnsupported = nameof(VolumeUnsupported);

    /// <summary>A volume states no directions (a warning), although slices along those of the patient are asked for (an error).</summary>
    public const string VolumeDirections = nameof(VolumeDirections);

    /// <summary>A file is not NIfTI.</summary>
    public const string NotNifti = nameof(NotNifti);

    /// <summary>A NIfTI file is damaged or contradicts itself.</summary>
    public const string NiftiInvalid = nameof(NiftiInvalid);

    /// <summary>A NIfTI file ends too early.</summary>
    public const string NiftiTruncated = nameof(NiftiTruncated);

    /// <summary>A NIfTI file has axes, a data type or a layout that is not supported.</summary>
    public const string NiftiUnsupported = nameof(NiftiUnsupported);

    // Label inspection.

    /// <summary>Two ROIs of a mask probably have each other's number.</summary>
    public const string LabelsExchanged = nameof(LabelsExchanged);

    /// <summary>An ROI of a mask probably has the number of another one.</summary>
    public const string LabelMistaken = nameof(LabelMistaken);

    /// <summary>An ROI that is in one piece elsewhere is in several large ones.</summary>
    public const string RoiDivided = nameof(RoiDivided);

    /// <summary>Pixels of an ROI are apart from the rest of it.</summary>
    public const string RoiPieces = nameof(RoiPieces);

    /// <summary>An ROI has an unusual position, size or brightness.</summary>
    public const string RoiOutlier = nameof(RoiOutlier);

    /// <summary>An ROI is missing where it is expected.</summary>
    public const string RoiAbsent = nameof(RoiAbsent);

    /// <summary>A mask is empty where labels are expected.</summary>
    public const string MaskEmpty = nameof(MaskEmpty);

    /// <summary>No mask of a data set has an ROI.</summary>
    public const string RoiNever = nameof(RoiNever);

    /// <summary>Few masks of a data set have an ROI.</summary>
    public const string RoiRare = nameof(RoiRare);

    /// <summary>An image occurs twice.</summary>
    public const string ImageTwice = nameof(ImageTwice);

    /// <summary>Two images have the same mask.</summary>
    public const string MaskTwice = nameof(MaskTwice);

    /// <summary>An image looks unlike the others of its data set.</summary>
    public const string ImageOutlier = nameof(ImageOutlier);

    /// <summary>A patient is in both the training and the validation data set.</summary>
    public const string PatientInBoth = nameof(PatientInBoth);

    /// <summary>An image is in both the training and the validation data set.</summary>
    public const string ImageInBoth = nameof(ImageInBoth);

    /// <summary>An image has another size than the patient's other slices.</summary>
    public const string SizeDiffers = nameof(SizeDiffers);

    /// <summary>An image has an unusual pixel spacing.</summary>
    public const string SpacingDiffers = nameof(SpacingDiffers);

    /// <summary>An image has no pixel spacing, while others have (a notice).</summary>
    public const string SpacingMissing = nameof(SpacingMissing);

    /// <summary>An image states its pixel spacing in an unusual way, for example with decimal commas (a notice).</summary>
    public const string SpacingUnclear = nameof(SpacingUnclear);

    // Data sets.

    /// <summary>A mask has no image.</summary>
    public const string ImageMissing = nameof(ImageMissing);

    /// <summary>An image has no mask.</summary>
    public const string LabelMissing = nameof(LabelMissing);

    /// <summary>The number of ROIs cannot be found from the masks.</summary>
    public const string RoiCountUnknown = nameof(RoiCountUnknown);

    /// <summary>The number of ROIs is out of range.</summary>
    public const string RoiCountInvalid = nameof(RoiCountInvalid);

    /// <summary>A segment number has different names in different SEG files.</summary>
    public const string SegmentNamesDiffer = nameof(SegmentNamesDiffer);

    /// <summary>The name of an ROI is empty.</summary>
    public const string LabelNameEmpty = nameof(LabelNameEmpty);

    /// <summary>Two ROIs have the same name.</summary>
    public const string LabelNameTwice = nameof(LabelNameTwice);

    /// <summary>A name of an ROI has control characters.</summary>
    public const string LabelNameInvalid = nameof(LabelNameInvalid);

    /// <summary>The input size is not a positive multiple of 16.</summary>
    public const string InputSizeInvalid = nameof(InputSizeInvalid);

    /// <summary>The cache cannot be created.</summary>
    public const string CacheNotWritable = nameof(CacheNotWritable);

    /// <summary>Writing the cache failed.</summary>
    public const string CacheWriteFailed = nameof(CacheWriteFailed);

    /// <summary>The cache cannot be read.</summary>
    public const string CacheUnreadable = nameof(CacheUnreadable);

    /// <summary>The cache is damaged.</summary>
    public const string CacheDamaged = nameof(CacheDamaged);

    /// <summary>The folder for a demo data set is not empty.</summary>
    public const string DemoFolderNotEmpty = nameof(DemoFolderNotEmpty);

    /// <summary>An option of a demo data set is out of range.</summary>
    public const string DemoOptionInvalid = nameof(DemoOptionInvalid);
}

using System.Globalization;

namespace MedSeg.Dicom.Parsing;

/// <summary>The tag of a data element (DICOM PS3.5, 7.1): what the element means.</summary>
/// <param name="Group">The group number; odd groups are private.</param>
/// <param name="Element">The element number within the group.</param>
internal readonly record struct DicomTag(ushort Group, ushort Element)
{
    internal static readonly DicomTag FileMetaGroupLength = new(0x0002, 0x0000);
    internal static readonly DicomTag TransferSyntaxUid = new(0x0002, 0x0010);
    internal static readonly DicomTag ImageType = new(0x0008, 0x0008);
    internal static readonly DicomTag SopClassUid = new(0x0008, 0x0016);
    internal static readonly DicomTag SpecificCharacterSet = new(0x0008, 0x0005);
    internal static readonly DicomTag SopInstanceUid = new(0x0008, 0x0018);
    internal static readonly DicomTag ReferencedSeriesSequence = new(0x0008, 0x1115);
    internal static readonly DicomTag ReferencedSopInstanceUid = new(0x0008, 0x1155);
    internal static readonly DicomTag ReferencedFrameNumber = new(0x0008, 0x1160);
    internal static readonly DicomTag SourceImageSequence = new(0x0008, 0x2112);
    internal static readonly DicomTag DerivationImageSequence = new(0x0008, 0x9124);
    internal static readonly DicomTag SliceThickness = new(0x0018, 0x0050);
    internal static readonly DicomTag SpacingBetweenSlices = new(0x0018, 0x0088);
    internal static readonly DicomTag UltrasoundRegions = new(0x0018, 0x6011);
    internal static readonly DicomTag RegionMinX = new(0x0018, 0x6018);
    internal static readonly DicomTag RegionMinY = new(0x0018, 0x601A);
    internal static readonly DicomTag RegionMaxX = new(0x0018, 0x601C);
    internal static readonly DicomTag RegionMaxY = new(0x0018, 0x601E);
    internal static readonly DicomTag RegionUnitsX = new(0x0018, 0x6024);
    internal static readonly DicomTag RegionUnitsY = new(0x0018, 0x6026);
    internal static readonly DicomTag RegionDeltaX = new(0x0018, 0x602C);
    internal static readonly DicomTag RegionDeltaY = new(0x0018, 0x602E);
    internal static readonly DicomTag SiemensCreator = new(0x0019, 0x0010);
    internal static readonly DicomTag SiemensMosaicSlices = new(0x0019, 0x100A);
    internal static readonly DicomTag SeriesInstanceUid = new(0x0020, 0x000E);
    internal static readonly DicomTag FrameOfReferenceUid = new(0x0020, 0x0052);
    internal static readonly DicomTag SegmentationType = new(0x0062, 0x0001);
    internal static readonly DicomTag SegmentSequence = new(0x0062, 0x0002);
    internal static readonly DicomTag SegmentNumber = new(0x0062, 0x0004);
    internal static readonly DicomTag SegmentLabel = new(0x0062, 0x0005);
    internal static readonly DicomTag SegmentIdentificationSequence = new(0x0062, 0x000A);
    internal static readonly DicomTag ReferencedSegmentNumber = new(0x0062, 0x000B);
    internal static readonly DicomTag MaximumFractionalValue = new(0x0062, 0x000E);
    internal static readonly DicomTag StudyDate = new(0x0008, 0x0020);
    internal static readonly DicomTag SeriesDate = new(0x0008, 0x0021);
    internal static readonly DicomTag AcquisitionDate = new(0x0008, 0x0022);
    internal static readonly DicomTag StudyTime = new(0x0008, 0x0030);
    internal static readonly DicomTag SeriesTime = new(0x0008, 0x0031);
    internal static readonly DicomTag AcquisitionTime = new(0x0008, 0x0032);
    internal static readonly DicomTag StudyDescription = new(0x0008, 0x1030);
    internal static readonly DicomTag SeriesDescription = new(0x0008, 0x103E);
    internal static readonly DicomTag ComplexImageComponent = new(0x0008, 0x9208);
    internal static readonly DicomTag ReferencedFileId = new(0x0004, 0x1500);
    internal static readonly DicomTag DirectoryRecordSequence = new(0x0004, 0x1220);
    internal static readonly DicomTag DirectoryRecordType = new(0x0004, 0x1430);
    internal static readonly DicomTag ScanningSequence = new(0x0018, 0x0020);
    internal static readonly DicomTag SequenceName = new(0x0018, 0x0024);
    internal static readonly DicomTag ProtocolName = new(0x0018, 0x1030);
    internal static readonly DicomTag PulseSequenceName = new(0x0018, 0x9005);
    internal static readonly DicomTag SeriesNumber = new(0x0020, 0x0011);
    internal static readonly DicomTag GeCreator = new(0x0043, 0x0010);
    internal static readonly DicomTag GeImageType = new(0x0043, 0x102F);
    internal static readonly DicomTag Modality = new(0x0008, 0x0060);
    internal static readonly DicomTag PatientId = new(0x0010, 0x0020);
    internal static readonly DicomTag ImagerPixelSpacing = new(0x0018, 0x1164);
    internal static readonly DicomTag StudyInstanceUid = new(0x0020, 0x000D);
    internal static readonly DicomTag ImagePosition = new(0x0020, 0x0032);
    internal static readonly DicomTag ImageOrientation = new(0x0020, 0x0037);
    internal static readonly DicomTag InStackPositionNumber = new(0x0020, 0x9057);
    internal static readonly DicomTag FrameContentSequence = new(0x0020, 0x9111);
    internal static readonly DicomTag PlanePositionSequence = new(0x0020, 0x9113);
    internal static readonly DicomTag PlaneOrientationSequence = new(0x0020, 0x9116);
    internal static readonly DicomTag SamplesPerPixel = new(0x0028, 0x0002);
    internal static readonly DicomTag PhotometricInterpretation = new(0x0028, 0x0004);
    internal static readonly DicomTag PlanarConfiguration = new(0x0028, 0x0006);
    internal static readonly DicomTag NumberOfFrames = new(0x0028, 0x0008);
    internal static readonly DicomTag Rows = new(0x0028, 0x0010);
    internal static readonly DicomTag Columns = new(0x0028, 0x0011);
    internal static readonly DicomTag PixelSpacing = new(0x0028, 0x0030);
    internal static readonly DicomTag BitsAllocated = new(0x0028, 0x0100);
    internal static readonly DicomTag BitsStored = new(0x0028, 0x0101);
    internal static readonly DicomTag HighBit = new(0x0028, 0x0102);
    internal static readonly DicomTag PixelRepresentation = new(0x0028, 0x0103);
    internal static readonly DicomTag SiemensCsaCreator = new(0x0029, 0x0010);
    internal static readonly DicomTag SiemensCsaImageHeader = new(0x0029, 0x1010);
    internal static readonly DicomTag WindowCenter = new(0x0028, 0x1050);
    internal static readonly DicomTag WindowWidth = new(0x0028, 0x1051);
    internal static readonly DicomTag RescaleIntercept = new(0x0028, 0x1052);
    internal static readonly DicomTag RescaleSlope = new(0x0028, 0x1053);
    internal static readonly DicomTag VoiLutFunction = new(0x0028, 0x1056);
    internal static readonly DicomTag RedPaletteDescriptor = new(0x0028, 0x1101);
    internal static readonly DicomTag RedPaletteData = new(0x0028, 0x1201);
    internal static readonly DicomTag ModalityLutSequence = new(0x0028, 0x3000);
    internal static readonly DicomTag LutDescriptor = new(0x0028, 0x3002);
    internal static readonly DicomTag LutData = new(0x0028, 0x3006);
    internal static readonly DicomTag PixelMeasuresSequence = new(0x0028, 0x9110);
    internal static readonly DicomTag FrameVoiLutSequence = new(0x0028, 0x9132);
    internal static readonly DicomTag PixelValueTransformationSequence = new(0x0028, 0x9145);
    internal static readonly DicomTag GridFrameOffsetVector = new(0x3004, 0x000C);
    internal static readonly DicomTag SharedFunctionalGroups = new(0x5200, 0x9229);
    internal static readonly DicomTag PerFrameFunctionalGroups = new(0x5200, 0x9230);
    internal static readonly DicomTag ExtendedOffsetTable = new(0x7FE0, 0x0001);
    internal static readonly DicomTag FloatPixelData = new(0x7FE0, 0x0008);
    internal static readonly DicomTag DoubleFloatPixelData = new(0x7FE0, 0x0009);
    internal static readonly DicomTag PixelData = new(0x7FE0, 0x0010);
    internal static readonly DicomTag Item = new(0xFFFE, 0xE000);
    internal static readonly DicomTag ItemDelimitation = new(0xFFFE, 0xE00D);
    internal static readonly DicomTag SequenceDelimitation = new(0xFFFE, 0xE0DD);

    /// <summary>Formats the tag as in the standard, for example <c>(0028,0010)</c>.</summary>
    /// <returns>The group and the element number in hexadecimal.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Group:X4},{Element:X4})");
}

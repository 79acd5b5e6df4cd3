using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;

namespace MedSeg.Dicom;

/// <summary>Decodes the frames of a file in any order; what they share, such as functional groups and offset tables, is read once. Not thread-safe.</summary>
internal sealed class DicomFrameReader
{
    private readonly DicomFile _file;
    private readonly DicomPixels _pixels;
    private readonly FrameAttributes _attributes;
    private readonly ModalityTransform _transform;
    private readonly IReadOnlyList<int> _components;

    /// <summary>Initializes a new instance of the <see cref="DicomFrameReader"/> class.</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer">Memory that the next frame may overwrite; <see langword="null"/> to allocate memory for each.</param>
    /// <param name="components">The components of colours to read, 0 for red, 1 for green and 2 for blue; null or empty for the luminance.</param>
    /// <exception cref="Errors.FileFormatException">There are no pixels, too few, or of an unsupported kind.</exception>
    public DicomFrameReader(DicomFile file, FrameBuffer? buffer = null, IReadOnlyList<int>? components = null)
    {
        _file = file;
        _components = components ?? [];
        _pixels = DicomPixels.Open(file);
        _attributes = new FrameAttributes(file.Dataset, _pixels.Description);
        _transform = new ModalityTransform(_pixels, file.Dataset, _attributes, buffer);
    }

    /// <summary>Gets the number of frames.</summary>
    public int Count => _pixels.Description.Frames;

    /// <summary>Decodes a frame.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <exception cref="Errors.FileFormatException">The frame is damaged, or has no colours although components are to be read (<c>ImageColor</c>).</exception>
    public DicomImage Read(int frame)
    {
        float[][] channels = _components.Count == 0 ? [_transform.Apply(frame)] : _transform.ReadComponents(frame, _components);
        return DicomImageReader.ToImage(_file, _pixels.Description, _attributes, frame, channels[0]) with { OtherComponents = channels[1..] };
    }
}

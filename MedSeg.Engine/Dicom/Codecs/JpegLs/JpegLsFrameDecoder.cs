using System.Globalization;

namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>Reads a codestream segment by segment and decodes its scans (ITU-T T.87, annex C).</summary>
/// <param name="codestream">The codestream.</param>
/// <param name="expected">The shape of the frame according to the data set.</param>
internal ref struct JpegLsFrameDecoder(ReadOnlySpan<byte> codestream, FrameShape expected)
{
    private readonly ReadOnlySpan<byte> _codestream = codestream;
    private JpegLsSegmentReader _segments = new(codestream);
    private JpegLsFrameHeader? _frame;
    private JpegLsPreset _preset;
    private uint _restartInterval;
    private int[] _decoded = [];
    private bool[] _isComponentDecoded = [];
    private int _missingComponents;

    /// <summary>Decodes the frame.</summary>
    public DecodedFrame Decode()
    {
        if (_codestream.Length == 0 || _segments.NextMarker() != JpegLsMarker.StartOfImage)
        {
            throw new CodestreamException("it does not start with the marker of an image (FFD8)", 0);
        }

        do
        {
            ReadSegment(_segments.NextMarker());
        }
        while (_frame is null || _missingComponents > 0);

        return new DecodedFrame(_frame.Rows, _frame.Columns, _frame.ComponentIds.Length, _frame.Precision, IsSigned: false, _decoded);
    }

    private void ReadSegment(byte marker)
    {
        switch (marker)
        {
            case JpegLsMarker.StartOfFrame:
                ReadFrameHeader();
                break;
            case JpegLsMarker.PresetParameters:
                _preset = JpegLsPreset.Read(_segments.NextSegment(), _segments.Position);
                break;
            case JpegLsMarker.RestartInterval:
                ReadRestartInterval(_segments.NextSegment());
                break;
            case JpegLsMarker.StartOfScan:
                DecodeScan();
                break;
            case JpegLsMarker.ApplicationOfColorTransform:
                RefuseColorTransform(_segments.NextSegment());
                break;
            case JpegLsMarker.Comment or (>= JpegLsMarker.FirstApplication and <= JpegLsMarker.LastApplication):
                _segments.NextSegment();
                break;
            case JpegLsMarker.EndOfImage:
                throw new CodestreamException("it ends before all components were coded", _segments.Position);
            default:
                throw new CodestreamException(
                    JpegLsMarker.IsOtherStartOfFrame(marker)
                        ? string.Create(CultureInfo.InvariantCulture, $"it uses another JPEG process (FF{marker:X2}) than JPEG-LS (FFF7)")
                        : string.Create(CultureInfo.InvariantCulture, $"it has the marker FF{marker:X2}, which JPEG-LS does not allow here"),
                    _segments.Position);
        }
    }

    private void ReadFrameHeader()
    {
        if (_frame is not null)
        {
            throw new CodestreamException("it has two frame headers", _segments.Position);
        }

        _frame = JpegLsFrameHeader.Read(_segments.NextSegment(), expected, _segments.Position);
        int components = _frame.ComponentIds.Length;
        long samples = (long)_frame.Rows * _frame.Columns * components;

        // A line takes at least one bit.
        if (samples == 0 || samples > Array.MaxLength || _frame.Rows > 8L * _codestream.Length)
        {
            throw new CodestreamException(
                string.Create(CultureInfo.InvariantCulture, $"{_frame.Rows} rows, {_frame.Columns} columns and {components} components do not fit in its {_codestream.Length} bytes"),
                _segments.Position);
        }

        _decoded = new int[samples];
        _isComponentDecoded = new bool[components];
        _missingComponents = components;
    }

    /// <summary>Reads the number of lines between restart markers: 2 to 4 bytes (ITU-T T.87, C.2.5).</summary>
    private void ReadRestartInterval(ReadOnlySpan<byte> segment)
    {
        if (segment.Length is < 2 or > 4)
        {
            throw new CodestreamException(
                string.Create(CultureInfo.InvariantCulture, $"its restart interval has {segment.Length} bytes; it must have 2 to 4"), _segments.Position);
        }

        _restartInterval = 0;
        foreach (byte part in segment)
        {
            _restartInterval = (_restartInterval << 8) | part;
        }
    }

    private void DecodeScan()
    {
        if (_frame is null)
        {
            throw new CodestreamException("a scan precedes the frame header", _segments.Position);
        }

        JpegLsScanHeader scan = JpegLsScanHeader.Read(_segments.NextSegment(), _frame, _segments.Position);
        foreach (int component in scan.Components)
        {
            if (_isComponentDecoded[component])
            {
                throw new CodestreamException("two scans have the same component", _segments.Position);
            }

            _isComponentDecoded[component] = true;
        }

        JpegLsParameters parameters = JpegLsParameters.Derive(_frame.Precision, scan.Near, _preset, _segments.Position);
        var bits = new JpegLsBitReader(_codestream, _segments.Position);
        _segments.Position = new JpegLsScanDecoder(bits, parameters, _frame, scan).Decode(_restartInterval, _decoded, _isComponentDecoded.Length);
        _missingComponents -= scan.Components.Length;
    }

    /// <summary>Refuses the colour transforms of an extension by Hewlett-Packard ("mrfx", then their number).</summary>
    private readonly void RefuseColorTransform(ReadOnlySpan<byte> segment)
    {
        ReadOnlySpan<byte> name = "mrfx"u8;
        if (segment.StartsWith(name) && segment.Length > name.Length && segment[name.Length] != 0)
        {
            throw new CodestreamException(
                string.Create(CultureInfo.InvariantCulture, $"it uses the colour transform {segment[name.Length]} (mrfx), which is not supported"), _segments.Position);
        }
    }
}

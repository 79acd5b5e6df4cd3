namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// All coding parameters of the main header or a tile's headers. Parameters of one component override those of all
/// components, in any order; the headers of a tile override the main header (T.800, A.6).
/// </summary>
internal sealed class CodingParameters
{
    private readonly CodingStyle?[] _styles;
    private readonly Quantization?[] _quantizations;
    private readonly int[] _regionShifts;
    private readonly bool[] _hasOwnStyle;
    private readonly bool[] _hasOwnQuantization;
    private List<Progression> _progressions = [];
    private bool _hasOwnProgressions;

    /// <summary>Initializes the parameters of a main header.</summary>
    public CodingParameters(int components)
        : this(new CodingStyle?[components], new Quantization?[components], new int[components])
    {
    }

    private CodingParameters(CodingStyle?[] styles, Quantization?[] quantizations, int[] regionShifts)
    {
        _styles = styles;
        _quantizations = quantizations;
        _regionShifts = regionShifts;
        _hasOwnStyle = new bool[styles.Length];
        _hasOwnQuantization = new bool[styles.Length];
    }

    /// <summary>Gets the number of components.</summary>
    public int Components => _styles.Length;

    /// <summary>Gets the number of layers.</summary>
    public int Layers { get; private set; }

    /// <summary>Gets a value indicating whether the first three components were transformed into luminance and chrominance.</summary>
    public bool HasComponentTransform { get; private set; }

    /// <summary>Gets the order of packets, unless it changes.</summary>
    public ProgressionOrder Order { get; private set; }

    /// <summary>Gets the changes of the order of packets; may be empty.</summary>
    public IReadOnlyList<Progression> Progressions => _progressions;

    /// <summary>Gets a copy with which a tile starts.</summary>
    public CodingParameters ForTile() => new((CodingStyle?[])_styles.Clone(), (Quantization?[])_quantizations.Clone(), (int[])_regionShifts.Clone())
    {
        Layers = Layers,
        HasComponentTransform = HasComponentTransform,
        Order = Order,
        _progressions = _progressions,
    };

    /// <summary>Gets the style of a component.</summary>
    /// <exception cref="CodestreamException">No header contains it.</exception>
    public CodingStyle Style(int component, int offset) =>
        _styles[component] ?? throw new CodestreamException("the coding style is missing in the headers", offset);

    /// <summary>Gets the quantization of a component.</summary>
    /// <exception cref="CodestreamException">No header contains it.</exception>
    public Quantization QuantizationOf(int component, int offset) =>
        _quantizations[component] ?? throw new CodestreamException("the quantization is missing in the headers", offset);

    /// <summary>Gets the number of bits by which the region of interest of a component is shifted.</summary>
    public int RegionShift(int component) => _regionShifts[component];

    /// <summary>Reads a marker segment.</summary>
    /// <param name="marker">The marker; markers other than those of coding parameters are ignored.</param>
    /// <param name="segment">The content.</param>
    /// <exception cref="CodestreamException">It violates the standard or is not supported.</exception>
    public void Read(int marker, SegmentReader segment)
    {
        switch (marker)
        {
            case Marker.CodingStyleDefault:
                ReadStyle(segment);
                break;
            case Marker.CodingStyleComponent:
                int styled = Component(ref segment);
                _styles[styled] = CodingStyle.Read(ref segment, (segment.Byte() & 1) != 0);
                _hasOwnStyle[styled] = true;
                break;
            case Marker.QuantizationDefault:
                SetUnlessOwn(_quantizations, Quantization.Read(ref segment), _hasOwnQuantization);
                break;
            case Marker.QuantizationComponent:
                int quantized = Component(ref segment);
                _quantizations[quantized] = Quantization.Read(ref segment);
                _hasOwnQuantization[quantized] = true;
                break;
            case Marker.RegionOfInterest:
                ReadRegion(segment);
                break;
            case Marker.ProgressionOrderChange:
                ReadProgressions(segment);
                break;
        }
    }

    private static void SetUnlessOwn<T>(T?[] values, T value, bool[] hasOwn)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = hasOwn[i] ? values[i] : value;
        }
    }

    private void ReadStyle(SegmentReader segment)
    {
        int start = segment.Position;
        int flags = segment.Byte();
        Order = Progression.ReadOrder(ref segment);
        Layers = segment.UInt16();
        int transform = segment.Byte();
        if (Layers == 0 || transform > 1 || (transform == 1 && Components < 3))
        {
            throw new CodestreamException("the coding style has no layers, or a component transform that does not match the components", start);
        }

        HasComponentTransform = transform == 1;
        SetUnlessOwn(_styles, CodingStyle.Read(ref segment, (flags & 1) != 0), _hasOwnStyle);
    }

    private void ReadRegion(SegmentReader segment)
    {
        int component = Component(ref segment);
        if (segment.Byte() != 0)
        {
            throw new CodestreamException("the region of interest has a style that part 1 does not define", segment.Position);
        }

        _regionShifts[component] = segment.Byte();
    }

    private void ReadProgressions(SegmentReader segment)
    {
        // The changes of a tile replace those of the main header; further tile-parts append to them.
        _progressions = _hasOwnProgressions ? _progressions : [];
        _hasOwnProgressions = true;
        while (segment.Remaining > 0)
        {
            _progressions.Add(Progression.Read(ref segment, Components));
        }
    }

    private int Component(ref SegmentReader segment)
    {
        int position = segment.Position;
        int component = segment.ComponentIndex(Components);
        return component < Components
            ? component
            : throw new CodestreamException("a marker segment refers to a component that the image does not have", position);
    }
}

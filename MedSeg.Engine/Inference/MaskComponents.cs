namespace MedSeg.Inference;

/// <summary>The connected components of the ROIs of a mask; pixels that share a side or a corner are connected.</summary>
internal sealed class MaskComponents
{
    private readonly int[] _components;
    private readonly List<MaskComponent> _list = [];
    private readonly int[] _largest = new int[byte.MaxValue + 1];

    /// <summary>Initializes a new instance of the <see cref="MaskComponents"/> class.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    public MaskComponents(ReadOnlySpan<byte> mask, int columns)
    {
        _components = new int[mask.Length];
        Array.Fill(_largest, -1);
        var queue = new Stack<int>();
        for (int start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 || _components[start] != 0)
            {
                continue;
            }

            int index = _list.Count;
            _list.Add(new MaskComponent(mask[start], MaskFlood.Fill(mask, columns, start, index + 1, _components, queue, corners: true)));
            ref int largest = ref _largest[mask[start]];
            largest = largest < 0 || _list[index].Pixels > _list[largest].Pixels ? index : largest;
        }
    }

    /// <summary>Gets the components, in the order of their first pixels.</summary>
    public IReadOnlyList<MaskComponent> List => _list;

    /// <summary>Returns the component of a pixel.</summary>
    /// <param name="pixel">The pixel.</param>
    /// <returns>Its index in <see cref="List"/>; −1 for background.</returns>
    public int At(int pixel) => _components[pixel] - 1;

    /// <summary>Says whether a component is the largest of its ROI; the first one where several are.</summary>
    /// <param name="index">Its index in <see cref="List"/>.</param>
    public bool IsLargest(int index) => _largest[_list[index].Roi] == index;
}

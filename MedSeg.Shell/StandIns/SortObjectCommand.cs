using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Sorts objects; those that are equal keep their order.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : ObjectCommand
{
    private readonly List<PSObject> _items = [];

    /// <summary>Gets or sets the properties to sort by; the objects themselves without.</summary>
    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    /// <summary>Gets or sets a value indicating whether the greatest comes first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>Gets or sets a value indicating whether only the first of equals is kept.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _items.Add(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        PropertyTerm[] terms = PropertyTerm.Parse(Property, "expression", "descending", "ascending");
        bool[] downwards = terms.Length == 0 ? [Descending] : [.. terms.Select(term => term.Descending ?? Descending)];
        var order = Comparer<object?[]>.Create((a, b) => Compare(a, b, downwards));
        object?[]? previous = null;
        foreach ((object?[] keys, PSObject item) in _items.Select(item => (Keys(item, terms), item)).OrderBy(pair => pair.Item1, order))
        {
            if (!Unique || previous is null || order.Compare(previous, keys) != 0)
            {
                WriteObject(item);
            }

            previous = keys;
        }
    }

    private static object?[] Keys(PSObject item, PropertyTerm[] terms) =>
        terms.Length == 0 ? [item.BaseObject] : [.. terms.Select(term => term.ReadOne(item))];

    private static int Compare(object?[] a, object?[] b, bool[] downwards)
    {
        for (int i = 0; i < a.Length; i++)
        {
            int difference = ValueOrder.Compare(a[i], b[i]);
            if (difference != 0)
            {
                return downwards[i] ? -difference : difference;
            }
        }

        return 0;
    }
}

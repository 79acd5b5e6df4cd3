using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace MedSeg.Wording;

/// <summary>
/// A list whose text is that of its items, with semicolons between them. <c>Export-Csv</c> writes the text of a property, which would be the name of
/// the type for an array.
/// </summary>
/// <typeparam name="TItem">The type of the items.</typeparam>
/// <param name="items">The items; later changes to this list are seen.</param>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is an IReadOnlyList, and nobody names the type.")]
public sealed class ItemList<TItem>(IList<TItem> items) : ReadOnlyCollection<TItem>(items)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join("; ", this);

    /// <summary>Gives a list this text.</summary>
    /// <param name="items">The items, or null.</param>
    /// <returns>The items; null for null.</returns>
    [return: NotNullIfNotNull(nameof(items))]
    internal static ItemList<TItem>? Of(IReadOnlyList<TItem>? items) => items switch
    {
        null => null,
        ItemList<TItem> list => list,
        IList<TItem> list => new ItemList<TItem>(list),
        _ => new ItemList<TItem>([.. items]),
    };
}

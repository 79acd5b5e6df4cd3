using System.Collections.ObjectModel;
using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Puts objects with equal values together.</summary>
[Cmdlet("Group", "Object")]
public sealed class GroupObjectCommand : ObjectCommand
{
    private readonly Dictionary<string, Collection<PSObject>> _groups = new(StringComparer.CurrentCultureIgnoreCase);
    private PropertyTerm[] _terms = [];

    /// <summary>Gets or sets the properties to group by; the objects themselves without.</summary>
    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _terms = PropertyTerm.Parse(Property, "expression");

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        IEnumerable<object?> values = _terms.Length == 0 ? [InputObject.BaseObject] : _terms.Select(term => term.ReadOne(InputObject));
        string name = string.Join(", ", values.Select(LanguagePrimitives.ConvertTo<string>));
        if (!_groups.TryGetValue(name, out Collection<PSObject>? group))
        {
            _groups.Add(name, group = []);
        }

        group.Add(InputObject);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // As in PowerShell, groups come sorted by name.
        foreach ((string name, Collection<PSObject> group) in _groups.OrderBy(pair => pair.Key, StringComparer.CurrentCultureIgnoreCase))
        {
            var result = new PSObject();
            result.TypeNames.Insert(0, "Microsoft.PowerShell.Commands.GroupInfo");
            result.Properties.Add(new PSNoteProperty("Count", group.Count));
            result.Properties.Add(new PSNoteProperty("Name", name));
            result.Properties.Add(new PSNoteProperty("Group", group));
            WriteObject(result);
        }
    }
}

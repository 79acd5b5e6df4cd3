using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Picks objects, and properties of them.</summary>
[Cmdlet(VerbsCommon.Select, "Object", DefaultParameterSetName = PropertySet)]
public sealed class SelectObjectCommand : ObjectCommand
{
    private const string PropertySet = "Property";
    private const string ExpandSet = "Expand";
    private readonly Queue<PSObject> _last = new();
    private PropertyTerm[] _terms = [];
    private int _seen;
    private int _written;

    /// <summary>Gets or sets the properties that the new objects have.</summary>
    [Parameter(Position = 0, ParameterSetName = PropertySet)]
    public object[]? Property { get; set; }

    /// <summary>Gets or sets the property whose values are given in the objects' place.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ExpandSet)]
    public string? ExpandProperty { get; set; }

    /// <summary>Gets or sets how many objects are taken from the start.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>Gets or sets how many objects are taken from the end.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>Gets or sets how many objects are left out: at the end with -Last, else at the start.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (First is not null && Last is not null)
        {
            var both = new PSArgumentException("-First and -Last cannot be used together here.");
            ThrowTerminatingError(new ErrorRecord(both, "FirstAndLast", ErrorCategory.InvalidArgument, null));
        }

        _terms = PropertyTerm.Parse(Property, "name", "label", "expression");
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        if (Last is int last)
        {
            _last.Enqueue(InputObject);
            if (_last.Count > (long)last + Skip)
            {
                _last.Dequeue();
            }

            return;
        }

        if (First != 0 && _seen++ >= Skip)
        {
            _written++;
            Emit(InputObject);
        }

        if (_written >= First)
        {
            throw EngineInternals.StopUpstream(this);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        while (_last.Count > Skip)
        {
            Emit(_last.Dequeue());
        }
    }

    private void Emit(PSObject item)
    {
        if (ExpandProperty is not null)
        {
            Expand(item, ExpandProperty);
            return;
        }

        WriteObject(_terms.Length == 0 ? item : Project(item));
    }

    private PSObject Project(PSObject item)
    {
        var result = new PSObject();
        string type = item.TypeNames.Count > 0 ? item.TypeNames[0] : nameof(Object);
        result.TypeNames.Insert(0, "Selected." + type);
        foreach (PropertyTerm term in _terms)
        {
            foreach ((string name, object? value) in term.Read(item))
            {
                if (result.Properties[name] is null)
                {
                    result.Properties.Add(new PSNoteProperty(name, value));
                }
            }
        }

        return result;
    }

    private void Expand(PSObject item, string name)
    {
        if (item.Properties[name] is PSPropertyInfo property)
        {
            WriteObject(property.Value, enumerateCollection: true);
            return;
        }

        var missing = new PSArgumentException($"Property \"{name}\" cannot be found.");
        WriteError(new ErrorRecord(missing, "ExpandPropertyNotFound", ErrorCategory.InvalidArgument, item));
    }
}

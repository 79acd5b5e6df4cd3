using System.Globalization;
using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Counts objects and sums up their values.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Object")]
public sealed class MeasureObjectCommand : ObjectCommand
{
    private readonly Dictionary<string, Totals> _totals = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _refused = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets or sets the properties; the objects themselves without.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string[]? Property { get; set; }

    /// <summary>Gets or sets a value indicating whether the sum is wanted.</summary>
    [Parameter]
    public SwitchParameter Sum { get; set; }

    /// <summary>Gets or sets a value indicating whether the mean is wanted.</summary>
    [Parameter]
    public SwitchParameter Average { get; set; }

    /// <summary>Gets or sets a value indicating whether the least value is wanted.</summary>
    [Parameter]
    public SwitchParameter Minimum { get; set; }

    /// <summary>Gets or sets a value indicating whether the greatest value is wanted.</summary>
    [Parameter]
    public SwitchParameter Maximum { get; set; }

    private bool NeedsNumbers => Sum || Average;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        if (Property is null)
        {
            Add(string.Empty, InputObject.BaseObject);
            return;
        }

        foreach (string name in Property)
        {
            if (InputObject.Properties[name]?.Value is object value)
            {
                Add(name, value is PSObject wrapped ? wrapped.BaseObject : value);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (string name in Property ?? [string.Empty])
        {
            // As in PowerShell, a sum that lacks a value is not given, and a property that nothing has is passed over.
            if (_refused.Contains(name))
            {
                continue;
            }

            if (_totals.TryGetValue(name, out Totals? totals))
            {
                Write(name, totals);
            }
            else if (name.Length == 0)
            {
                Write(name, new Totals());
            }
        }
    }

    private void Add(string name, object value)
    {
        double number = 0;
        if (NeedsNumbers && !LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out number))
        {
            _refused.Add(name);
            var text = new PSInvalidCastException($"Input object \"{value}\" is not numeric.");
            WriteError(new ErrorRecord(text, "NonNumericInputObject", ErrorCategory.InvalidType, value));
            return;
        }

        if (!_totals.TryGetValue(name, out Totals? totals))
        {
            _totals.Add(name, totals = new Totals());
        }

        totals.Add(number, LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out double size) ? size : value);
    }

    private void Write(string name, Totals totals)
    {
        var result = new PSObject();
        bool hasMean = Average && totals.Count > 0;
        (string Name, object? Value)[] values =
        [
            ("Count", totals.Count),
            ("Average", hasMean ? totals.Sum / totals.Count : null),
            ("Sum", Sum ? totals.Sum : null),
            ("Maximum", Maximum ? totals.Greatest : null),
            ("Minimum", Minimum ? totals.Least : null),
            ("Property", name.Length == 0 ? null : name),
        ];
        foreach ((string property, object? value) in values)
        {
            result.Properties.Add(new PSNoteProperty(property, value));
        }

        WriteObject(result);
    }

    private sealed class Totals
    {
        public int Count { get; private set; }

        public double Sum { get; private set; }

        public object? Least { get; private set; }

        public object? Greatest { get; private set; }

        public void Add(double number, object value)
        {
            Sum += number;
            Least = Count == 0 || ValueOrder.Compare(value, Least) < 0 ? value : Least;
            Greatest = Count == 0 || ValueOrder.Compare(value, Greatest) > 0 ? value : Greatest;
            Count++;
        }
    }
}

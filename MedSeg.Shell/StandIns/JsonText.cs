using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;

namespace MedSeg.Shell.StandIns;

/// <summary>Writes PowerShell's objects as JSON, to a depth.</summary>
internal sealed class JsonText(int depth)
{
    /// <summary>Gets a value indicating whether something lay deeper.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Writes a value.</summary>
    public void Write(Utf8JsonWriter writer, object? value) => Write(writer, value, level: 0);

    private static bool TryWriteSimple(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or DBNull: writer.WriteNullValue(); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case SwitchParameter flag: writer.WriteBooleanValue(flag); break;
            case string or char or Guid or Uri or Version: writer.WriteStringValue($"{value}"); break;
            case Enum: writer.WriteRawValue(Convert.ToDecimal(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)); break;
            case double number when !double.IsFinite(number): writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture)); break;
            case float number when !float.IsFinite(number): writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture)); break;
            case double or float: writer.WriteRawValue(WithPoint(((IFormattable)value).ToString("R", CultureInfo.InvariantCulture))); break;
            case int or long or short or byte or sbyte or uint or ulong or ushort or decimal or System.Numerics.BigInteger:
                writer.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case DateTime time: writer.WriteStringValue(time); break;
            case DateTimeOffset time: writer.WriteStringValue(time); break;
            default: return false;
        }

        return true;
    }

    // PowerShell marks numbers that are not whole numbers by type.
    private static string WithPoint(string number) => number.AsSpan().ContainsAny(".E") ? number : number + ".0";

    private void Write(Utf8JsonWriter writer, object? value, int level)
    {
        PSObject? wrapped = value as PSObject;
        object? bare = wrapped is null ? value : wrapped.BaseObject;
        if (TryWriteSimple(writer, bare))
        {
            return;
        }

        if (level > depth)
        {
            IsCut = true;
            writer.WriteStringValue(LanguagePrimitives.ConvertTo<string>(value));
            return;
        }

        switch (bare)
        {
            case IDictionary table:
                WriteMembers(writer, table.Cast<DictionaryEntry>().Select(entry => ($"{entry.Key}", entry.Value)), level);
                break;
            case IEnumerable several:
                writer.WriteStartArray();
                foreach (object? item in several)
                {
                    Write(writer, item, level + 1);
                }

                writer.WriteEndArray();
                break;
            default:
                WriteMembers(writer, (wrapped ?? PSObject.AsPSObject(bare!)).Properties.Where(p => p.IsGettable).Select(p => (p.Name, Value(p))), level);
                break;
        }
    }

    private static object? Value(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }

    private void WriteMembers(Utf8JsonWriter writer, IEnumerable<(string Name, object? Value)> members, int level)
    {
        writer.WriteStartObject();
        foreach ((string name, object? value) in members)
        {
            writer.WritePropertyName(name);
            Write(writer, value, level + 1);
        }

        writer.WriteEndObject();
    }
}

using System.Globalization;
using System.Text;
using MedSeg.Errors;

namespace MedSeg.Formats.Npy;

/// <summary>
/// The Python dictionary literal in a .npy header, such as
/// <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }</c>. Nothing is evaluated: only this form is accepted.
/// </summary>
internal sealed class NpyHeaderText
{
    // NumPy's own limit on the number of axes is 64.
    private const int MaximumRank = 64;

    private readonly string _text;
    private readonly string _path;
    private int _position;

    private NpyHeaderText(string text, string path)
    {
        _text = text;
        _path = path;
    }

    /// <summary>Gets the element type, for example &lt;f4.</summary>
    public string Descr { get; private set; } = "";

    /// <summary>Gets a value indicating whether the first axis varies fastest.</summary>
    public bool FortranOrder { get; private set; }

    /// <summary>Gets the length of each axis.</summary>
    public long[] Shape { get; private set; } = [];

    /// <summary>Parses the literal.</summary>
    /// <param name="text">The header's text.</param>
    /// <param name="path">The path of the file, for messages.</param>
    /// <returns>The three fields.</returns>
    /// <exception cref="FileFormatException"><c>NpyInvalid</c>, or <c>NpyUnsupported</c> for a structured type.</exception>
    public static NpyHeaderText Parse(string text, string path)
    {
        var header = new NpyHeaderText(text, path);
        header.ReadDictionary();
        return header;
    }

    private void ReadDictionary()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Expect('{');
        while (!TryTake('}'))
        {
            string key = ReadString();
            Expect(':');
            if (!seen.Add(key))
            {
                throw Invalid($"'{key}' occurs twice");
            }

            ReadField(key);
            if (!TryTake(','))
            {
                Expect('}');
                break;
            }
        }

        SkipSpace();
        if (_position != _text.Length)
        {
            throw Invalid("there is text after the closing brace");
        }

        if (seen.Count != 3)
        {
            throw Invalid("one of 'descr', 'fortran_order' and 'shape' is missing");
        }
    }

    private void ReadField(string key)
    {
        switch (key)
        {
            case "descr":
                Descr = ReadDescr();
                break;
            case "fortran_order":
                FortranOrder = ReadBoolean();
                break;
            case "shape":
                Shape = ReadShape();
                break;
            default:
                throw Invalid("it has a field that is not 'descr', 'fortran_order' or 'shape'");
        }
    }

    private string ReadDescr()
    {
        SkipSpace();
        if (_position < _text.Length && _text[_position] is '[' or '(' or '{')
        {
            throw new FileFormatException(ErrorIds.NpyUnsupported, _path, "The array has a structured element type (named fields).") { Advice = NpyHeader.SaveAdvice };
        }

        return ReadString();
    }

    private string ReadString()
    {
        SkipSpace();
        char quote = _position < _text.Length ? _text[_position] : '\0';
        if (quote is not ('\'' or '"'))
        {
            throw Invalid("a quoted string was expected");
        }

        int end = _text.IndexOf(quote, _position + 1);
        if (end < 0)
        {
            throw Invalid("a quoted string has no closing quote");
        }

        string value = _text[(_position + 1)..end];
        _position = end + 1;
        return Printable(value);
    }

    // The string may appear in a message, which must not have control characters.
    private static string Printable(string value)
    {
        var builder = new StringBuilder(Math.Min(value.Length, 40));
        foreach (char c in value.AsSpan(0, Math.Min(value.Length, 40)))
        {
            builder.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        }

        return builder.ToString();
    }

    private bool ReadBoolean()
    {
        SkipSpace();
        ReadOnlySpan<char> rest = _text.AsSpan(_position);
        bool value = rest.StartsWith("True");
        if (!value && !rest.StartsWith("False"))
        {
            throw Invalid("'fortran_order' is neither True nor False");
        }

        _position += value ? 4 : 5;
        return value;
    }

    private long[] ReadShape()
    {
        var shape = new List<long>();
        Expect('(');
        while (!TryTake(')'))
        {
            shape.Add(ReadLength());
            if (shape.Count > MaximumRank)
            {
                throw Invalid($"the shape has more than {MaximumRank} axes");
            }

            if (!TryTake(','))
            {
                Expect(')');
                break;
            }
        }

        return [.. shape];
    }

    private long ReadLength()
    {
        SkipSpace();
        int start = _position;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
        {
            _position++;
        }

        if (!long.TryParse(_text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
        {
            throw Invalid("the length of an axis is not a whole number");
        }

        // Python 2 wrote long integers with this suffix.
        if (_position < _text.Length && _text[_position] == 'L')
        {
            _position++;
        }

        return value;
    }

    private void Expect(char expected)
    {
        if (!TryTake(expected))
        {
            throw Invalid($"'{expected}' was expected");
        }
    }

    private bool TryTake(char expected)
    {
        SkipSpace();
        if (_position >= _text.Length || _text[_position] != expected)
        {
            return false;
        }

        _position++;
        return true;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && _text[_position] is ' ' or '\n' or '\r' or '\t')
        {
            _position++;
        }
    }

    private FileFormatException Invalid(string problem) =>
        new(ErrorIds.NpyInvalid, _path, $"The .npy header is invalid: {problem} (character {_position} of the header).") { Advice = "Save the file again with np.save." };
}

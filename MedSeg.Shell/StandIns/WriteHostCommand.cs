using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Writes to the host, through the information stream.</summary>
[Cmdlet(VerbsCommunications.Write, "Host")]
public sealed class WriteHostCommand : PSCmdlet
{
    /// <summary>Gets or sets what is written.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    [Alias("Msg", "Message")]
    [SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "PowerShell's own name of the parameter.")]
    public object? Object { get; set; }

    /// <summary>Gets or sets a value indicating whether the line goes on.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>Gets or sets what stands between several objects.</summary>
    [Parameter]
    public object Separator { get; set; } = " ";

    /// <summary>Gets or sets the colour of the text.</summary>
    [Parameter]
    public ConsoleColor? ForegroundColor { get; set; }

    /// <summary>Gets or sets the colour behind the text.</summary>
    [Parameter]
    public ConsoleColor? BackgroundColor { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var message = new HostInformationMessage
        {
            Message = Text(Object),
            NoNewLine = NoNewline,
            ForegroundColor = ForegroundColor,
            BackgroundColor = BackgroundColor,
        };

        // The engine shows what bears this tag, unless the script redirects the stream.
        WriteInformation(message, ["PSHOST"]);
    }

    private string Text(object? value) => value switch
    {
        null => string.Empty,
        PSObject { BaseObject: IEnumerable and not string } wrapped => Text(wrapped.BaseObject),
        IEnumerable several and not string => string.Join(LanguagePrimitives.ConvertTo<string>(Separator), several.Cast<object?>().Select(Text)),
        _ => LanguagePrimitives.ConvertTo<string>(value),
    };
}

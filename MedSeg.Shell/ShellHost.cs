using System.Globalization;
using System.Management.Automation.Host;

namespace MedSeg.Shell;

/// <summary>The host of the PowerShell engine.</summary>
internal sealed class ShellHost : PSHost
{
    private readonly ShellUserInterface _ui = new();

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "MedSeg.Shell";

    public override PSHostUserInterface UI => _ui;

    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version ?? new Version(0, 0);

    /// <summary>Gets the code that the script gave to exit.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Gets or sets a value indicating whether what is written is an error.</summary>
    public bool IsShowingError
    {
        get => _ui.IsShowingError;
        set => _ui.IsShowingError = value;
    }

    public void ClearProgress() => _ui.ClearProgress();

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}

using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Shows how far a task has come.</summary>
[Cmdlet(VerbsCommunications.Write, "Progress")]
public sealed class WriteProgressCommand : PSCmdlet
{
    /// <summary>Gets or sets the task.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Activity { get; set; } = string.Empty;

    /// <summary>Gets or sets how it stands.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Status { get; set; } = "Processing";

    /// <summary>Gets or sets the number that tells tasks apart.</summary>
    [Parameter(Position = 2)]
    [ValidateRange(0, int.MaxValue)]
    public int Id { get; set; }

    /// <summary>Gets or sets the part that is done, in percent; -1 where it is not known.</summary>
    [Parameter]
    [ValidateRange(-1, 100)]
    public int PercentComplete { get; set; } = -1;

    /// <summary>Gets or sets the time that is left, in seconds.</summary>
    [Parameter]
    public int SecondsRemaining { get; set; } = -1;

    /// <summary>Gets or sets what is done now.</summary>
    [Parameter]
    public string? CurrentOperation { get; set; }

    /// <summary>Gets or sets the task that this one is a part of.</summary>
    [Parameter]
    [ValidateRange(-1, int.MaxValue)]
    public int ParentId { get; set; } = -1;

    /// <summary>Gets or sets a value indicating whether the task is over.</summary>
    [Parameter]
    public SwitchParameter Completed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var record = new ProgressRecord(Id, Activity, Status)
        {
            PercentComplete = PercentComplete,
            SecondsRemaining = SecondsRemaining,
            CurrentOperation = CurrentOperation,
            ParentActivityId = ParentId,
            RecordType = Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };

        // One source for all calls: a task and its parts come from several.
        CommandRuntime.WriteProgress(sourceId: 0, record);
    }
}

using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Lists training runs.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegRun", DefaultParameterSetName = "Path")]
[OutputType(typeof(RunInfo))]
public sealed class GetMedSegRunCommand : RunFolderCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string folder in FindFolders())
        {
            try
            {
                WriteObject(RunInfo.Find(folder), enumerateCollection: true);
            }
            catch (MedSegException e)
            {
                WriteError(ToRecord(e));
            }
        }
    }
}

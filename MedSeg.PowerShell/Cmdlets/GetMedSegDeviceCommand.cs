using System.Management.Automation;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Describes the devices that training can use.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegDevice")]
public sealed class GetMedSegDeviceCommand : PSCmdlet
{
}

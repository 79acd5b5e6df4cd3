using System.Management.Automation;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Lists the devices that training can use.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegDevice")]
[OutputType(typeof(DeviceInfo))]
public sealed class GetMedSegDeviceCommand : MedSegCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(Try(DeviceInfo.List), enumerateCollection: true);
}

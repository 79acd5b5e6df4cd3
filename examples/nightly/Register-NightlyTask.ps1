<#
.SYNOPSIS
    Registers Train-Nightly.ps1 with Windows Task Scheduler: each evening, and after each start of the machine.
.DESCRIPTION
    The task runs as the current user, whether logged on or not, without a window, at low priority, and never twice at the
    same time. After a reboot in the night it starts again and resumes. Run this once, as administrator.
.PARAMETER Path
    The folder that contains the folders dicoms and labels.
.PARAMETER OutputPath
    The folder to write the model to.
.PARAMETER At
    When training starts (time of day).
.PARAMETER Until
    When training stops, after the current epoch (time of day).
.EXAMPLE
    ./Register-NightlyTask.ps1 -Path D:/spine/train -OutputPath D:/models/spine
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $OutputPath,

    [string] $At = '20:00',

    [string] $Until = '06:30',

    [string] $TaskName = 'MedSeg nightly training'
)

$ErrorActionPreference = 'Stop'
$script = Join-Path -Path $PSScriptRoot -ChildPath 'Train-Nightly.ps1'
$arguments = '-NoProfile -NonInteractive -File "{0}" -Path "{1}" -OutputPath "{2}" -Until {3}' -f $script, (Resolve-Path -LiteralPath $Path), $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputPath), $Until

# A pwsh that was installed as a .NET tool starts a second process, which the task could not end: the real program is started.
$real = (Get-Process -Id $PID).Path
if ([System.IO.Path]::GetFileNameWithoutExtension($real) -eq 'dotnet') {
    $arguments = '"{0}" {1}' -f (Join-Path -Path $PSHOME -ChildPath 'pwsh.dll'), $arguments
}

$task = @{
    TaskName  = $TaskName
    Action    = New-ScheduledTaskAction -Execute $real -Argument $arguments
    Trigger   = (New-ScheduledTaskTrigger -Daily -At $At), (New-ScheduledTaskTrigger -AtStartup)
    Settings  = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit 0 -Priority 7 -DontStopOnIdleEnd
    Principal = New-ScheduledTaskPrincipal -UserId ([System.Security.Principal.WindowsIdentity]::GetCurrent().Name) -LogonType S4U
}
if ($PSCmdlet.ShouldProcess($TaskName, "Register: $real $arguments")) {
    Register-ScheduledTask @task -Force
}

<#
.SYNOPSIS
    Registers Train-Nightly.ps1 with Windows Task Scheduler: each evening, and after each start of the machine.
.DESCRIPTION
    The task runs as the current user, whether logged on or not, without a window, at low priority, and never twice at the
    same time. It wakes the computer, also runs on battery, and catches up a start that was missed. After a reboot in the
    night, or an error, it starts again and resumes. Run this once, as administrator.
.PARAMETER Path
    The folder that contains the folders dicoms and labels.
.PARAMETER OutputPath
    The folder to write the model to.
.PARAMETER At
    When training starts (time of day).
.PARAMETER Until
    When training stops, after the current epoch (time of day).
.PARAMETER ImportOption
    Additional parameters for Import-MedSegDataset: text such as "@{ InputSize = 256 }", or the path of a .psd1 or .json file.
.PARAMETER TrainingOption
    Additional parameters for Start-MedSegTraining, in the same way.
.PARAMETER OnEnd
    A script that is run at the end, to send a mail or call a webhook.
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

    [string] $ImportOption,

    [string] $TrainingOption,

    [string] $OnEnd,

    [string] $TaskName = 'MedSeg nightly training'
)

$ErrorActionPreference = 'Stop'
$script = Join-Path -Path $PSScriptRoot -ChildPath 'Train-Nightly.ps1'
$arguments = '-NoProfile -NonInteractive -File "{0}" -Path "{1}" -OutputPath "{2}" -Until {3}' -f $script, (Resolve-Path -LiteralPath $Path).ProviderPath, $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputPath), $Until
foreach ($name in 'ImportOption', 'TrainingOption', 'OnEnd') {
    $value = Get-Variable -Name $name -ValueOnly
    if ($value) {
        # Within the quotation marks of a command line, those of a text are escaped.
        $arguments += ' -{0} "{1}"' -f $name, $value.Replace('"', '\"')
    }
}

# A pwsh that was installed as a .NET tool starts a second process, which the task could not end: the real program is started.
$real = (Get-Process -Id $PID).Path
if ([System.IO.Path]::GetFileNameWithoutExtension($real) -eq 'dotnet') {
    $arguments = '"{0}" {1}' -f (Join-Path -Path $PSHOME -ChildPath 'pwsh.dll'), $arguments
}

$settings = @{
    MultipleInstances          = 'IgnoreNew'
    ExecutionTimeLimit         = 0
    Priority                   = 7
    DontStopOnIdleEnd          = $true
    StartWhenAvailable         = $true
    WakeToRun                  = $true
    AllowStartIfOnBatteries    = $true
    DontStopIfGoingOnBatteries = $true
    RestartCount               = 3
    RestartInterval            = New-TimeSpan -Minutes 10
}
$task = @{
    TaskName  = $TaskName
    Action    = New-ScheduledTaskAction -Execute $real -Argument $arguments
    Trigger   = (New-ScheduledTaskTrigger -Daily -At $At), (New-ScheduledTaskTrigger -AtStartup)
    Settings  = New-ScheduledTaskSettingsSet @settings
    Principal = New-ScheduledTaskPrincipal -UserId ([System.Security.Principal.WindowsIdentity]::GetCurrent().Name) -LogonType S4U
}
if ($PSCmdlet.ShouldProcess($TaskName, "Register: $real $arguments")) {
    Register-ScheduledTask @task -Force
}

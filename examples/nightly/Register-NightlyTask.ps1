#requires -Version 7.4
<#
.SYNOPSIS
    Registers Train-Nightly.ps1 with Windows Task Scheduler: each evening, and after each start of the machine.
.DESCRIPTION
    The task runs whether you are logged on or not, without a window, at low priority, and never twice at the same time. It wakes
    the computer, also runs on battery, catches up a start that was missed, and is restarted after a failure. docs/overnight.md explains
    each setting. Run this once, as administrator; run it again to change the task.
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
.PARAMETER TaskName
    The name of the task.
.PARAMETER Credential
    The user that the task runs as, with the password. Without it, it runs as you and without a password, and Windows then lets it
    use local folders only: give it if the data or the models are on a network share.
.PARAMETER AsXml
    Returns the task as Task Scheduler's XML and registers nothing.
.EXAMPLE
    ./Register-NightlyTask.ps1 -Path D:/spine/train -OutputPath D:/models/spine
.EXAMPLE
    ./Register-NightlyTask.ps1 -Path //server/spine/train -OutputPath //server/models/spine -Credential LAB\trainer
.EXAMPLE
    ./Register-NightlyTask.ps1 -Path D:/spine/train -OutputPath D:/models/spine -AsXml | Set-Content task.xml -Encoding unicode

    Writes a file that can be imported in Task Scheduler, or with schtasks /create /xml.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $OutputPath,

    [ValidateScript({ $_ -ge [timespan]::Zero -and $_ -lt [timespan]::FromDays(1) }, ErrorMessage = '{0} is not a time of day such as 20:00.')]
    [timespan] $At = '20:00',

    [ValidateScript({ $_ -ge [timespan]::Zero -and $_ -lt [timespan]::FromDays(1) }, ErrorMessage = '{0} is not a time of day such as 06:30.')]
    [timespan] $Until = '06:30',

    [string] $ImportOption,

    [string] $TrainingOption,

    [string] $OnEnd,

    [string] $TaskName = 'MedSeg nightly training',

    [pscredential] $Credential,

    [switch] $AsXml
)

$ErrorActionPreference = 'Stop'

# Within the quotation marks of a command line, those of a text are escaped, and so are backslashes before them.
function ConvertTo-Argument([string] $Text) {
    '"{0}"' -f ($Text -replace '(\\*)"', '$1$1\"' -replace '(\\+)$', '$1$1')
}

function ConvertTo-XmlText([string] $Text) {
    [System.Security.SecurityElement]::Escape($Text)
}

$script = Join-Path -Path $PSScriptRoot -ChildPath 'Train-Nightly.ps1'
$options = [ordered] @{
    Path           = (Resolve-Path -LiteralPath $Path).ProviderPath
    OutputPath     = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputPath)
    Until          = '{0:hh\:mm}' -f $Until
    ImportOption   = $ImportOption
    TrainingOption = $TrainingOption
    OnEnd          = $OnEnd ? $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OnEnd) : ''
}
$words = @('-NoProfile -NonInteractive -File', (ConvertTo-Argument $script))
$words += foreach ($name in $options.Keys) {
    if ($options[$name]) {
        "-$name $(ConvertTo-Argument $options[$name])"
    }
}

# A pwsh that was installed as a .NET tool starts a second process, which the task could not end: the real program is started.
$program = (Get-Process -Id $PID).Path
if ([System.IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') {
    $words = @(ConvertTo-Argument (Join-Path -Path $PSHOME -ChildPath 'pwsh.dll')) + $words
}

$user = if ($Credential) { $Credential.UserName } else { '{0}\{1}' -f [System.Environment]::UserDomainName, [System.Environment]::UserName }

# The elements of a trigger must be in this order. PT0S is no limit. docs/overnight.md explains the settings.
$xml = @"
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Trains a MedSeg model until the morning, and resumes where the last night stopped.</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <Enabled>true</Enabled>
      <StartBoundary>$('{0:yyyy-MM-ddTHH:mm:ss}' -f (Get-Date).Date.Add($At))</StartBoundary>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
    <BootTrigger>
      <Enabled>true</Enabled>
      <Delay>PT2M</Delay>
    </BootTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>$(ConvertTo-XmlText $user)</UserId>
      <LogonType>$($Credential ? 'Password' : 'S4U')</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <WakeToRun>true</WakeToRun>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <IdleSettings>
      <StopOnIdleEnd>false</StopOnIdleEnd>
      <RestartOnIdle>false</RestartOnIdle>
    </IdleSettings>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>7</Priority>
    <RestartOnFailure>
      <Interval>PT10M</Interval>
      <Count>3</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>$(ConvertTo-XmlText $program)</Command>
      <Arguments>$(ConvertTo-XmlText ($words -join ' '))</Arguments>
      <WorkingDirectory>$(ConvertTo-XmlText $PSScriptRoot)</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"@

if ($AsXml) {
    return $xml
}

if ($PSCmdlet.ShouldProcess($TaskName, "Register: $program $($words -join ' ')")) {
    $task = @{ TaskName = $TaskName; Xml = $xml; Force = $true }
    if ($Credential) {
        $task.User = $Credential.UserName
        $task.Password = $Credential.GetNetworkCredential().Password
    }

    Register-ScheduledTask @task
}

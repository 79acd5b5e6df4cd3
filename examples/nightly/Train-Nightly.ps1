#requires -Version 7.4
<#
.SYNOPSIS
    Trains on a data set from a scheduled task, until the model is done or the morning comes.
.DESCRIPTION
    Never prompts and needs no terminal. Each start resumes where the last one stopped, whether that was the morning, a
    reboot or a power failure. Once the model is done, further starts do nothing. The output folder has the log train.log,
    and a transcript of all output in transcript.txt.

    Exit codes:
      0    the model is done
      1    an error: see the log
      2    the labels must be looked at first: see labels.html in the output folder
      3    not done yet, but it is morning: the next start resumes
      130  stopped by Ctrl+C or by systemd: the next start resumes
      143  stopped by SIGTERM during training: the next start resumes
.PARAMETER Path
    The folder that contains the folders dicoms and labels.
.PARAMETER OutputPath
    The folder to write the model to.
.PARAMETER Until
    When to stop, after the current epoch: a time of day such as 06:30. Without it the run continues until it is done. A
    start within the eight hours after that time trains one epoch.
.PARAMETER ImportOption
    Additional parameters for Import-MedSegDataset.
.PARAMETER TrainingOption
    Additional parameters for Start-MedSegTraining.
.PARAMETER ModulePath
    The module to import; by default the one built in this repository, or else the installed one.
.EXAMPLE
    pwsh -NonInteractive -File Train-Nightly.ps1 -Path D:/spine/train -OutputPath D:/models/spine -Until 06:30
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $OutputPath,

    [string] $Until,

    [hashtable] $ImportOption = @{},

    [hashtable] $TrainingOption = @{ ValidationFraction = 0.2 },

    [string] $ModulePath
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputPath)
$log = Join-Path -Path $folder -ChildPath 'train.log'

# Ctrl+C leaves this code as it is: it runs no more than the finally block.
$code = 130

function Add-LogLine([string] $Message) {
    $line = '{0:yyyy-MM-dd HH:mm:ss} {1}' -f (Get-Date), $Message
    Add-Content -LiteralPath $log -Value $line
    $line
}

try {
    $null = New-Item -Path $folder -ItemType Directory -Force
    $null = Start-Transcript -LiteralPath (Join-Path -Path $folder -ChildPath 'transcript.txt') -Append

    if (-not (Get-Command -Name Start-MedSegTraining -ErrorAction Ignore)) {
        $built = Join-Path -Path $PSScriptRoot -ChildPath '../../out/MedSeg'
        Import-Module -Name ($ModulePath ? $ModulePath : (Test-Path -LiteralPath $built) ? $built : 'MedSeg')
    }

    Add-LogLine "Started as process $PID for $Path."

    # labels.html lists samples that cannot be used. A folder that does not exist still stops the script.
    $dataset = Import-MedSegDataset -Path $Path @ImportOption -ErrorAction SilentlyContinue
    $page = Join-Path -Path $folder -ChildPath 'labels.html'
    if (-not ($dataset | Test-MedSegLabels -Quiet -ReportPath $page -Force)) {
        Add-LogLine "The labels must be looked at first: $page. Nothing was trained."
        $code = 2
    }
    else {
        # In the evening -Until means tomorrow morning. In the hours after it, such as after a reboot, the time has passed.
        $end = if ($Until) { [datetime]::Parse($Until, [cultureinfo]::InvariantCulture) } else { [datetime]::MaxValue }
        if ($end -lt (Get-Date).AddHours(-8)) {
            $end = $end.AddDays(1)
        }

        # Leaving the loop stops the run like Ctrl+C: it saves a checkpoint.
        do {
            $dataset | Start-MedSegTraining -OutputPath $OutputPath -Resume @TrainingOption | ForEach-Object {
                if ($null -ne $_.ValidationDice) {
                    Add-LogLine ('Epoch {0} of {1}: loss {2:0.0000}, validation Dice {3:0.0000}.' -f $_.Epoch, $_.Epochs, $_.Loss, $_.ValidationDice)
                }

                if ((Get-Date) -ge $end) {
                    break
                }
            }
        } while ($false)

        $run = Get-MedSegRun -LiteralPath $OutputPath | Where-Object -Property OutputPath -EQ -Value $folder
        if ($run.State -eq 'Finished') {
            Add-LogLine "Done: $($run.Epoch) epochs, best validation Dice $($run.BestDice). The model is $($run.ModelPath)."
            $code = 0
        }
        else {
            Add-LogLine "Not done yet: $($run.Epoch) of $($run.Epochs) epochs. The next start goes on."
            $code = 3
        }
    }
}
catch {
    $code = 1
    try {
        Add-LogLine "Error: $_"
    }
    catch {
        # The log cannot be written, so the message goes to the error output only.
        $null
    }

    [Console]::Error.WriteLine("Train-Nightly.ps1: $_")
}
finally {
    # After Ctrl+C, pwsh ends with 0 unless it is told otherwise. Nothing may be written to the output here: that would
    # end this block.
    if ($code -eq 130) {
        $null = Add-LogLine 'Stopped. The next start goes on.'
        $Host.SetShouldExit($code)
    }

    exit $code
}

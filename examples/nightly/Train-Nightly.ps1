<#
.SYNOPSIS
    Trains on a data set from a scheduled task, until the model is done or the morning comes.
.DESCRIPTION
    Never prompts and needs no terminal. Each start resumes where the last one stopped, whether that was the morning, a
    reboot or a power failure. Once the model is done, further starts do nothing. The output folder has the log train.log,
    and a transcript of all output in transcript.txt.

    Exit codes:
      0  the model is done
      1  an error: see the log
      2  the labels must be looked at first: see labels.html in the output folder
      3  not done yet, but it is morning: the next start resumes
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
$code = 1
$log = [System.IO.Path]::Combine($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputPath), 'train.log')

function Add-LogLine([string] $Message) {
    $line = '{0:yyyy-MM-dd HH:mm:ss} {1}' -f [datetime]::Now, $Message
    [System.IO.File]::AppendAllText($log, $line + [Environment]::NewLine)
    $line
}

try {
    $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($log))
    if (Get-Command -Name Start-Transcript -ErrorAction Ignore) {
        $null = Start-Transcript -LiteralPath ([System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($log), 'transcript.txt')) -Append
    }

    if (-not (Get-Command -Name Start-MedSegTraining -ErrorAction Ignore)) {
        $built = [System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'out', 'MedSeg')
        Import-Module -Name $(if ($ModulePath) { $ModulePath } elseif ([System.IO.Directory]::Exists($built)) { $built } else { 'MedSeg' })
    }

    Add-LogLine "Started as process $PID for $Path."

    # labels.html lists samples that cannot be used. A folder that does not exist still stops the script.
    $dataset = Import-MedSegDataset -Path $Path @ImportOption -ErrorAction SilentlyContinue
    $page = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($log), 'labels.html')
    if (-not ($dataset | Test-MedSegLabels -Quiet -ReportPath $page -Force)) {
        Add-LogLine "The labels must be looked at first: $page. Nothing was trained."
        $code = 2
    }
    else {
        # In the evening -Until means tomorrow morning. In the hours after it, such as after a reboot, the time has passed.
        $end = if ($Until) { [datetime]::Parse($Until, [cultureinfo]::InvariantCulture) } else { [datetime]::MaxValue }
        if ($end -lt [datetime]::Now.AddHours(-8)) {
            $end = $end.AddDays(1)
        }

        # Leaving the loop stops the run like Ctrl+C: it saves a checkpoint.
        do {
            $dataset | Start-MedSegTraining -OutputPath $OutputPath -Resume @TrainingOption | ForEach-Object {
                if ($null -ne $_.ValidationDice) {
                    Add-LogLine ('Epoch {0} of {1}: loss {2:0.0000}, validation Dice {3:0.0000}.' -f $_.Epoch, $_.Epochs, $_.Loss, $_.ValidationDice)
                }

                if ([datetime]::Now -ge $end) {
                    break
                }
            }
        } while ($false)

        $run = Get-MedSegRun -LiteralPath $OutputPath | Where-Object { $_.OutputPath -eq [System.IO.Path]::GetDirectoryName($log) }
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
    if (Get-Command -Name Stop-Transcript -ErrorAction Ignore) {
        try { $null = Stop-Transcript } catch { $null }
    }
}

exit $code

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
      1    training failed: see the log
      2    the input must be corrected first: the labels (see labels.html in the output folder), a folder or an option
      3    not done yet, but it is morning: the next start resumes
      4    the run of another process is still training there
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
    Additional parameters for Import-MedSegDataset: a hashtable, the text of one, or a .psd1 or .json file. `pwsh -File`, and
    so every task scheduler, can pass text and files only. Text and files are read as data; no code in them is run.
.PARAMETER TrainingOption
    Additional parameters for Start-MedSegTraining, in the same way. The file may be one of Export-MedSegOption.
.PARAMETER OnEnd
    A script that is run at the end, to send a mail or call a webhook. It gets the exit code and the path of the log.
.PARAMETER ModulePath
    The module to import; by default the one built in this repository, or else the installed one.
.EXAMPLE
    pwsh -NonInteractive -File Train-Nightly.ps1 -Path D:/spine/train -OutputPath D:/models/spine -Until 06:30
.EXAMPLE
    pwsh -NonInteractive -File Train-Nightly.ps1 -Path D:/spine/train -OutputPath D:/models/spine -TrainingOption "@{ Recipe = 'Best'; ValidationFraction = 0.2 }" -OnEnd D:/models/Send-Mail.ps1
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $OutputPath,

    [string] $Until,

    [object] $ImportOption = @{},

    [object] $TrainingOption = @{ ValidationFraction = 0.2 },

    [string] $OnEnd,

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

# A hashtable as it is, the text of one, or the content of a file.
function Read-Option([object] $Option) {
    if ($Option -is [System.Collections.IDictionary]) {
        return $Option
    }

    if ($Option -like '@{*') {
        $tree = [System.Management.Automation.Language.Parser]::ParseInput($Option, [ref] $null, [ref] $null)
        return $tree.Find({ $args[0] -is [System.Management.Automation.Language.HashtableAst] }, $false).SafeGetValue()
    }

    if ($Option -like '*.json') {
        return Get-Content -LiteralPath $Option -Raw | ConvertFrom-Json -AsHashtable
    }

    Import-PowerShellDataFile -LiteralPath $Option
}

try {
    $null = New-Item -Path $folder -ItemType Directory -Force
    $null = Start-Transcript -LiteralPath (Join-Path -Path $folder -ChildPath 'transcript.txt') -Append

    if (-not (Get-Command -Name Start-MedSegTraining -ErrorAction Ignore)) {
        $built = Join-Path -Path $PSScriptRoot -ChildPath '../../out/MedSeg'
        Import-Module -Name ($ModulePath ? $ModulePath : (Test-Path -LiteralPath $built) ? $built : 'MedSeg')
    }

    Add-LogLine "Started as process $PID for $Path."
    try {
        $import = Read-Option -Option $ImportOption
        $training = Read-Option -Option $TrainingOption
    }
    catch {
        throw [System.ArgumentException]::new("The options cannot be read: $_ Give a hashtable, text such as '@{ Epochs = 100 }', or the path of a .psd1 or .json file.")
    }

    # labels.html lists samples that cannot be used. A folder that does not exist still stops the script.
    $dataset = Import-MedSegDataset -Path $Path @import -ErrorAction SilentlyContinue
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
            $dataset | Start-MedSegTraining -OutputPath $OutputPath -Resume @training | ForEach-Object {
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
    $inputAtFault = 'ObjectNotFound', 'InvalidArgument', 'InvalidData', 'InvalidType'
    $code = switch ($_) {
        { $_.FullyQualifiedErrorId -like 'RunInProgress,*' } { 4; break }
        { $_.FullyQualifiedErrorId -like 'LossNotFinite,*' } { 1; break }
        { $_.CategoryInfo.Category -in $inputAtFault -or $_.Exception -is [System.ArgumentException] -or $_.Exception -is [System.Management.Automation.ParameterBindingException] } { 2; break }
        default { 1 }
    }

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

    # Its output would end this block after Ctrl+C, and its errors must not change the exit code.
    if ($OnEnd) {
        try {
            $null = & $OnEnd $code $log *>&1
        }
        catch {
            $null = Add-LogLine "${OnEnd}: $_"
        }
    }

    exit $code
}

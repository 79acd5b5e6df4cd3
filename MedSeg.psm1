# Connect must run before PowerShell inspects the cmdlets, because their types come from MedSeg.Engine. The engine and its
# dependencies load from the engine folder into a separate load context. Torch is not loaded here.
# Only core commands of PowerShell are used, so that the module loads in every host.
Set-StrictMode -Version 3.0

$assembly = [System.Reflection.Assembly]::LoadFrom([System.IO.Path]::Combine($PSScriptRoot, 'MedSeg.PowerShell.dll'))
$null = $assembly.GetType('MedSeg.PowerShell.ModuleLifetime').GetMethod('Connect').Invoke($null, $null)
Import-Module -Name ([System.IO.Path]::Combine($PSScriptRoot, 'MedSeg.PowerShell.dll'))
Export-ModuleMember -Cmdlet '*' -Alias '*'

# The runtime must know where MedSeg.Engine lies before PowerShell looks at the cmdlets' types: the engine, and all that
# it needs, loads from the engine folder into a load context of its own. Nothing of torch is loaded here.
# Only commands of PowerShell's core are used, so that the module loads in every host.
Set-StrictMode -Version 3.0

$assembly = [System.Reflection.Assembly]::LoadFrom([System.IO.Path]::Combine($PSScriptRoot, 'MedSeg.PowerShell.dll'))
$null = $assembly.GetType('MedSeg.PowerShell.ModuleLifetime').GetMethod('Connect').Invoke($null, $null)
Import-Module -Name ([System.IO.Path]::Combine($PSScriptRoot, 'MedSeg.PowerShell.dll'))
Export-ModuleMember -Cmdlet '*'

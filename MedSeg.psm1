# MedSeg.PowerShell.dll, a nested module of the manifest, holds the cmdlets. While it is imported it tells the runtime
# to load MedSeg.Engine, and all that the engine needs, from the engine folder into a load context of their own.
# Only commands of PowerShell's core are used here, so that the module loads in every host.
Set-StrictMode -Version 3.0

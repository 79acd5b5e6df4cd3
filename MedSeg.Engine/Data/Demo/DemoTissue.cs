namespace MedSeg.Data.Demo;

/// <summary>What lies at a point of a demo slice; the first four are the ROIs and have their label values.</summary>
internal enum DemoTissue
{
    Air = 0,
    LeftPsoas = 1,
    RightPsoas = 2,
    LeftMultifidus = 3,
    RightMultifidus = 4,
    OtherMuscle,
    Fat,
    Skin,
    VisceralFat,
    Bowel,
    Vessel,
    Bone,
    Cortex,
    Fluid,
}

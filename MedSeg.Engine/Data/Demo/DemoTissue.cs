namespace MedSeg.Data.Demo;

/// <summary>The tissues of a demo slice. The first four are the ROIs, with their label values.</summary>
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

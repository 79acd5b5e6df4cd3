namespace MedSeg.Data.Demo;

/// <summary>Renders a slice like an MR image: tissue contrast, texture, bias field and noise.</summary>
internal sealed class DemoRenderer
{
    // Samples along each side of a pixel, for mixed tissues at borders.
    private const int Samples = 2;

    private readonly DemoPatient _patient;
    private readonly DemoAnatomy _anatomy;
    private readonly DemoRandom _random;
    private readonly DemoTexture _texture;
    private readonly double _biasX;
    private readonly double _biasY;
    private readonly double _coil;
    private readonly double _noise;

    /// <summary>Initializes a new instance of the <see cref="DemoRenderer"/> class.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="slice">The number of the slice, from 0.</param>
    /// <param name="slices">The number of slices.</param>
    public DemoRenderer(DemoPatient patient, int slice, int slices)
    {
        _patient = patient;
        _anatomy = new DemoAnatomy(patient, slice, slices == 1 ? 0.5 : slice / (slices - 1.0));
        _random = new DemoRandom(patient.Seed, patient.Number, slice, 3000);
        _texture = new DemoTexture(_random.NextBits());
        double bias = patient.IsHard ? 0.35 : 0.07;
        _biasX = _random.Uniform(-bias, bias);
        _biasY = _random.Uniform(-bias, bias) * 0.5;
        _coil = patient.IsHard ? _random.Uniform(0.9, 1.4) : _random.Uniform(0.1, 0.3);
        _noise = patient.IsHard ? _random.Uniform(75, 105) : _random.Uniform(12, 26);
    }

    /// <summary>Renders the image and its labels.</summary>
    /// <returns>The intensities and the label values, row by row.</returns>
    public (ushort[] Pixels, byte[] Labels) Draw()
    {
        ushort[] pixels = new ushort[_patient.Rows * _patient.Columns];
        byte[] labels = new byte[pixels.Length];
        double step = 2.0 / Math.Min(_patient.Rows, _patient.Columns) / _patient.Zoom;
        double left = -_patient.Columns / 2.0 * step;
        double top = -_patient.Rows / 2.0 * step;
        DemoTissue[] above = CornersAt(left, top, step);
        for (int row = 0, i = 0; row < _patient.Rows; row++)
        {
            double y = top + ((row + 0.5) * step);
            DemoTissue[] below = CornersAt(left, top + ((row + 1) * step), step);
            for (int column = 0; column < _patient.Columns; column++, i++)
            {
                double x = left + ((column + 0.5) * step);
                DemoTissue tissue = _anatomy.At(x, y);
                bool isPure = tissue == above[column] && tissue == above[column + 1] && tissue == below[column] && tissue == below[column + 1];
                double signal = isPure ? Brightness(tissue, x, y) : MixedBrightness(x, y, step);
                labels[i] = tissue <= DemoTissue.RightMultifidus ? (byte)tissue : (byte)0;
                pixels[i] = Detect(signal * Bias(x, y) * _patient.Gain);
            }

            above = below;
        }

        return (pixels, labels);
    }

    // The tissues at the corners of a row of pixels. A pixel whose corners agree needs no mixing.
    private DemoTissue[] CornersAt(double left, double y, double step)
    {
        var corners = new DemoTissue[_patient.Columns + 1];
        for (int column = 0; column < corners.Length; column++)
        {
            corners[column] = _anatomy.At(left + (column * step), y);
        }

        return corners;
    }

    private double MixedBrightness(double x, double y, double step)
    {
        double sum = 0;
        for (int down = 0; down < Samples; down++)
        {
            for (int across = 0; across < Samples; across++)
            {
                double sampleX = x + ((((across + 0.5) / Samples) - 0.5) * step);
                double sampleY = y + ((((down + 0.5) / Samples) - 0.5) * step);
                sum += Brightness(_anatomy.At(sampleX, sampleY), sampleX, sampleY);
            }
        }

        return sum / (Samples * Samples);
    }

    private double Brightness(DemoTissue tissue, double x, double y) => tissue switch
    {
        DemoTissue.Air => 0,
        DemoTissue.LeftPsoas or DemoTissue.RightPsoas => Muscle(290, x, y, _patient.Infiltration * 0.15),
        DemoTissue.LeftMultifidus or DemoTissue.RightMultifidus => Muscle(335, x, y, _patient.Infiltration),
        DemoTissue.OtherMuscle => Muscle(300, x, y, _patient.Infiltration * 0.6),
        DemoTissue.Fat => 900 * (1 + (0.05 * _texture.At(x * 12, y * 12))),
        DemoTissue.Skin => 420,
        DemoTissue.VisceralFat => VisceralFat(x, y),
        DemoTissue.Bowel => 430 * (1 + (0.4 * _texture.At(x * 10, y * 10))),
        DemoTissue.Vessel => 90,
        DemoTissue.Bone => 540 * (1 + (0.07 * _texture.At(x * 22, y * 22))),
        DemoTissue.Cortex => 120,
        _ => 1050,
    };

    // Visceral fat gradually turns into the fat between the back muscles.
    private double VisceralFat(double x, double y)
    {
        double share = Math.Clamp((0.1 - y) / 0.4, 0, 1);
        return (900 - (140 * share)) * (1 + ((0.05 + (0.09 * share)) * _texture.At(x * 16, y * 16)));
    }

    // Fat infiltrates in streaks along the fibres, which run from front to back.
    private double Muscle(double brightness, double x, double y, double infiltration)
    {
        double fibres = 1 + (0.07 * _texture.At(x * 30, y * 12)) + (0.04 * _texture.At((x * 60) + 9, (y * 60) + 9));
        double streak = Math.Clamp((_texture.At((x * 26) + 50, (y * 11) + 50) - 0.75 + infiltration) * 3, 0, 1);
        return (brightness * fibres) + (streak * infiltration * (900 - brightness));
    }

    // The signal is strongest at the back, because of the surface coil.
    private double Bias(double x, double y)
    {
        double fromCoil = 1 - Math.Clamp(y, -1.3, 1);
        return Math.Max(0.15, 1 + (_biasX * x) + (_biasY * y) + (_coil * ((1 / (1 + fromCoil)) - 0.5)));
    }

    /// <summary>Adds the noise of a magnitude image: noise in both parts of the complex signal (Rice distribution).</summary>
    private ushort Detect(double signal)
    {
        double real = signal + (_noise * _random.Normal());
        double imaginary = _noise * _random.Normal();
        return (ushort)Math.Min(Math.Round(Math.Sqrt((real * real) + (imaginary * imaginary))), ushort.MaxValue);
    }
}

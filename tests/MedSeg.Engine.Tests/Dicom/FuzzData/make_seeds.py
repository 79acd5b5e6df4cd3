"""Makes the small JPEG files that the fuzz test starts from, with DCMTK (dump2dcm, dcmcjpeg)."""
import random,subprocess,struct
random.seed(1)
def make(name,rows,cols,samples,bits,phot,tool,value):
    raw=bytearray()
    for y in range(rows):
        for x in range(cols):
            for s in range(samples):
                v=value(x,y,s)
                raw+= struct.pack('<H',v) if bits>8 else bytes([v])
    open('raw','wb').write(bytes(raw)+(b'\0' if len(raw)%2 else b''))
    ba=16 if bits>8 else 8
    d=f"""(0008,0016) UI =SecondaryCaptureImageStorage
(0008,0018) UI [1.2.3.4]
(0008,0060) CS [OT]
(0010,0020) LO [P1]
(0020,000d) UI [1.2.3]
(0020,000e) UI [1.2.3.1]
(0028,0002) US {samples}
(0028,0004) CS [{phot}]
"""+("(0028,0006) US 0\n" if samples>1 else "")+f"""(0028,0010) US {rows}
(0028,0011) US {cols}
(0028,0100) US {ba}
(0028,0101) US {bits}
(0028,0102) US {bits-1}
(0028,0103) US 0
(7fe0,0010) {'OW' if bits>8 else 'OB'} =raw
"""
    open('d.dump','w').write(d)
    subprocess.run(['dump2dcm','-q','d.dump','src.dcm'],check=True)
    subprocess.run(tool.split()+['src.dcm',name],check=True)
sm=lambda m:(lambda x,y,s:min(m,max(0,int(m*(x*3+y*2+s*5)/120)+random.randint(0,m//40))))
make('jpeg_baseline_rgb.dcm',21,19,3,8,'RGB','dcmcjpeg +eb +q 80',sm(255))
make('jpeg_baseline_grey.dcm',17,23,1,8,'MONOCHROME2','dcmcjpeg +eb +q 80',sm(255))
make('jpeg_extended_12.dcm',17,15,1,12,'MONOCHROME2','dcmcjpeg +ee +q 80',sm(4095))
make('jpeg_lossless_12.dcm',13,17,1,12,'MONOCHROME2','dcmcjpeg +e1',sm(4095))
make('jpeg_lossless_sv6.dcm',13,17,1,16,'MONOCHROME2','dcmcjpeg +el +sv 6',sm(65535))
make('jpeg_lossless_rgb.dcm',11,9,3,8,'RGB','dcmcjpeg +e1',sm(255))

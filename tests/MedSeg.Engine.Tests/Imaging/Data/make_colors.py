"""Makes the colour masks of this folder with Pillow and OpenCV. Run in this folder: /usr/bin/python3 make_colors.py."""
import cv2
import numpy as np
from PIL import Image

RED, LIME, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)
MASK = np.array([[BLACK, RED, LIME], [BLUE, RED, BLACK]], "u1")
Image.fromarray(MASK).save("colors_rgb8.png")

# Half-transparent colours count; the transparent pixel at the end has a colour that is in no map.
alpha = np.array([[255, 128, 255], [1, 255, 0]], "u1")
visible = MASK.copy()
visible[1, 2] = (9, 9, 9)
Image.fromarray(np.dstack([visible, alpha])).save("colors_rgba8.png")

wide = MASK.astype("u2") * 257
cv2.imwrite("colors_rgb16.png", wide[:, :, ::-1])
wide[0, 1] = (0xFF01, 0, 0)
wide[1, 1] = wide[0, 2] = wide[1, 0] = 0
cv2.imwrite("colors_rgb16_odd.png", wide[:, :, ::-1])
